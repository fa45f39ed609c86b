/** Home folders of many projects that hold little: for tables of many rows, where what is in a file does not matter. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'

export type PlainTree = {
  name: string
  projects: number
  /** Commands of each project, at most `names`. */
  each: number
  /** How many different names there are in all. */
  names: number
}

/** Writes it below the run's own folder; returns the home. Every project has its part of the names, in turn. */
export function writePlainTree({ temp, say }: Bench, { name, projects, each, names }: PlainTree): string {
  say(`making ${projects} projects of ${each} commands`)
  const home = join(temp, name)
  for (let project = 0; project < projects; project++) {
    const folder = join(home, 'code', `project-${number(project)}`, '.claude', 'commands')
    mkdirSync(folder, { recursive: true })
    for (let i = 0; i < each; i++) {
      const command = `command-${number((project * each + i) % names)}`
      writeFileSync(
        join(folder, `${command}.md`),
        `---\ndescription: Does what ${command} says.\n---\n\nDo it.\n`,
      )
    }
  }
  return home
}

const number = (value: number): string => String(value).padStart(5, '0')
