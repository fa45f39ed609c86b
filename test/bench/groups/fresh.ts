/** Whether the cache is as fresh as promised, and what that costs. */
import type { Bench } from '../bench.ts'
import { measureChanges } from '../fresh/change.ts'
import { measureOutdated } from '../fresh/outdated.ts'
import { measureUnchanged } from '../fresh/unchanged.ts'
import { measureWatching } from '../fresh/watching.ts'
import type { Group, Line } from '../lines.ts'

export async function measureFresh(bench: Bench): Promise<Group> {
  const title = 'Freshness'
  if (process.platform !== 'linux')
    return { name: 'fresh', title, about: 'Measured on Linux only.', lines: [] }
  return {
    name: 'fresh',
    title,
    about:
      'Changes of files and of sources, with watches on a generated home folder. The client is in the process that saves the files; the floor is one process that does the same without a daemon.',
    lines: [
      ...(await part(bench, 'changes of files', measureChanges)),
      ...(await part(bench, 'watches', measureWatching)),
      ...(await part(bench, 'refreshes of what did not change', measureUnchanged)),
      ...(await part(bench, 'sources', measureOutdated)),
    ],
  }
}

/** The whole takes minutes. */
async function part(bench: Bench, what: string, measure: (bench: Bench) => Promise<Line[]>): Promise<Line[]> {
  bench.say(`-- ${what}`)
  return measure(bench)
}
