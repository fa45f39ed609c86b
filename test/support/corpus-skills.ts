import { readFileSync } from 'node:fs'
import path from 'node:path'
import { listSkillFiles } from './corpus.ts'

/** The main files of `count` real skills with different names, evenly taken from the corpus. */
export function corpusSkills(count: number): Array<{ name: string; text: string }> {
  const files = new Map(listSkillFiles().map((file) => [path.basename(path.dirname(file)), file]))
  const step = Math.max(1, Math.floor(files.size / count))
  return [...files]
    .filter((_, at) => at % step === 0)
    .slice(0, count)
    .map(([name, file]) => ({ name, text: readFileSync(file, 'utf8') }))
}
