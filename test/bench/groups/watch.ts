/** Setting watches for a large tree. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import type { PlainWatchAnswer, PlainWatchJob } from '../floors/plain-watch.ts'
import type { Group } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { ask, cleanEnv } from '../processes.ts'
import { interleave, median } from '../statistics.ts'

const plainWatch = join(import.meta.dirname, '../floors/plain-watch.ts')

/** As of the seed's workload: 100 projects with 57 skills of two folders, three and a half files in each. */
const PROJECTS = 100
const SKILLS = 57

export async function measureWatch(bench: Bench): Promise<Group> {
  const root = join(bench.temp, 'watched')
  buildTree(root)
  const rounds = roundsOf(bench.options, 20)
  const answers: Record<PlainWatchJob['mode'], PlainWatchAnswer[]> = { plain: [], product: [] }
  const measure = async (mode: PlainWatchJob['mode']): Promise<number> => {
    const job: PlainWatchJob = { mode, root }
    const answer = await ask<PlainWatchAnswer>(plainWatch, job, { env: cleanEnv(root, bench.temp) })
    answers[mode].push(answer)
    return answer.ms
  }
  await interleave(
    { rounds, warmUp: 1 },
    { plain: () => measure('plain'), product: () => measure('product') },
  )
  const of = (mode: PlainWatchJob['mode'], field: keyof PlainWatchAnswer): number =>
    median(answers[mode].map((answer) => answer[field]))
  const samples = `${rounds} rounds`
  return {
    name: 'watch',
    title: 'Watching',
    about: `A tree of ${of('plain', 'folders')} folders on Linux, from the first call to the last watch. The floor is a plain loop that reads each folder and calls \`fs.watch\`.`,
    lines: [
      {
        id: 'watch.start',
        what: 'until all folders are watched',
        unit: 'ms',
        figure: of('product', 'ms'),
        floor: { what: 'plain loop', figure: of('plain', 'ms') },
        goal: { kind: 'ratio', max: 1.5 },
        samples,
      },
      {
        id: 'watch.cpu',
        what: 'processor time for it',
        unit: 'ms',
        figure: of('product', 'cpuMs'),
        floor: { what: 'plain loop', figure: of('plain', 'cpuMs') },
        goal: { kind: 'none' },
        samples,
      },
      {
        id: 'watch.kernel',
        what: 'watches of the kernel; the folders above count, too',
        unit: '',
        figure: of('product', 'watches'),
        floor: { what: 'plain loop', figure: of('plain', 'watches') },
        goal: { kind: 'ratio', max: 1.001 },
        samples,
      },
    ],
  }
}

function buildTree(root: string): void {
  for (let project = 0; project < PROJECTS; project++) {
    for (let skill = 0; skill < SKILLS; skill++) {
      const dir = join(root, `p${project}/.claude/skills/s${skill}`)
      mkdirSync(join(dir, 'references'), { recursive: true })
      for (let file = 0; file < 4; file++) writeFileSync(join(dir, `f${file}.md`), 'x')
      for (let file = 0; file < 3 - (skill % 2); file++)
        writeFileSync(join(dir, `references/r${file}.md`), 'x')
    }
  }
}
