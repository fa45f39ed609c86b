import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildDemoHome, readDemoHome } from '../demo/build-demo-home.ts'
import type { Options } from './options.ts'

/** What every group needs to know. */
export type Bench = {
  options: Options
  /** Folder of the built product. */
  dist: string
  /** For everything the run writes; removed at its end. Short, because sockets lie in it. */
  temp: string
  /** The generated home folder with this many projects; made when it is asked for first. */
  tree(projects: number): Tree
  say(text: string): void
}

export type Tree = { projects: number; folder: string; home: string }

const largest = 1_000

export function createBench(
  options: Options,
  root: string,
  say: (text: string) => void,
): { bench: Bench; close(): void } {
  const dist = options.dist ?? join(root, 'dist')
  if (!existsSync(join(dist, 'daemon.cjs')))
    throw new Error(`there is no build in ${dist}; make one with: npm run build`)
  const temp = mkdtempSync(join(tmpdir(), 'smdb-'))
  const bench: Bench = {
    options,
    dist,
    temp,
    say,
    tree(projects) {
      if (projects > largest) throw new Error(`no tree has more than ${largest} projects`)
      const folder = join(options.trees ?? join(temp, 'trees'), `demo${projects}`)
      const known = readDemoHome(folder)
      if (known) return { projects, folder, home: known.home }
      mkdirSync(folder, { recursive: true })
      say(`making ${projects} projects in ${folder}`)
      return { projects, folder, home: buildDemoHome({ count: projects, out: folder }).home }
    },
  }
  return { bench, close: () => rmSync(temp, { recursive: true, force: true }) }
}
