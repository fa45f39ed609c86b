/** Asking the sources of artifacts: how often, how long, and whether what comes of it is true. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../../../protocol/client.ts'
import type { Bench } from '../bench.ts'
import { fillCache, newPlace, type Place, untilIdle, withDaemon } from '../daemon.ts'
import type { PlainFetchAnswer, PlainFetchJob } from '../floors/plain-fetch.ts'
import type { Line } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { ask, cleanEnv } from '../processes.ts'
import { timed } from '../socket/raw.ts'
import { interleave, median, p99 } from '../statistics.ts'
import type { CheckAnswer, CheckJob } from './check-process.ts'
import { type Sources, startSources, TOKEN } from './sources.ts'

const checkProcess = join(import.meta.dirname, 'check-process.ts')
const plainFetch = join(import.meta.dirname, '../floors/plain-fetch.ts')

/** What a check asked for, and what is wrong with what is said afterwards. */
type Asked = { first: number; second: number; wrong: number; moved: number }

export async function measureOutdated(bench: Bench): Promise<Line[]> {
  const folder = join(bench.temp, 'sources')
  mkdirSync(folder)
  bench.say('making 20 repositories')
  const sources = await startSources(folder)
  try {
    // The daemon itself asks nobody: its GitHub would be the real one.
    const place = newPlace(bench, sources.home, { SMD_NET_OFFLINE: 'true' })
    const { artifacts } = await fillCache(bench, place)
    if (artifacts < sources.artifacts) throw new Error(`only ${artifacts} artifacts were found`)
    return await withDaemon(bench, place, async ({ call }) => {
      await untilIdle(call)
      return measureChecks(bench, place, sources, call)
    })
  } finally {
    await sources.close()
  }
}

async function measureChecks(bench: Bench, place: Place, sources: Sources, call: Call): Promise<Line[]> {
  const env = cleanEnv(sources.home, bench.temp, { GITHUB_TOKEN: TOKEN })
  const check = async (force: boolean): Promise<CheckAnswer> => {
    const { home, origin: githubApi } = sources
    const job: CheckJob = { cacheDb: place.cacheDb, githubApi, home, tempDir: bench.temp, force }
    const answer = await ask<CheckAnswer>(checkProcess, job, { env })
    if (answer.failed.length > 0) throw new Error(`not asked: ${JSON.stringify(answer.failed[0])}`)
    return answer
  }
  const rounds = roundsOf(bench.options, 12, 3)
  const asked: Asked[] = []
  let revision = 0
  const taken = await interleave(
    { rounds, warmUp: 1 },
    {
      plain: async () => {
        const job: PlainFetchJob = { urls: sources.urls, token: TOKEN }
        return (await ask<PlainFetchAnswer>(plainFetch, job, { env })).ms
      },
      check: async () => {
        sources.moveTo(revision++ % sources.revisions)
        const before = sources.heard()
        const first = await check(true)
        const between = sources.heard()
        await check(false)
        asked.push({
          first: between - before,
          second: sources.heard() - between,
          ...(await compare(call, sources)),
        })
        return first.ms
      },
      answer: () => outdatedTimes(call),
    },
  )
  return linesOf(asked, taken, sources, rounds)
}

/** Each skill against git. */
async function compare(call: Call, sources: Sources): Promise<Pick<Asked, 'wrong' | 'moved'>> {
  const { items } = await call('artifacts.outdated', {
    states: ['current', 'outdated', 'modified', 'diverged', 'unknown'],
    limit: 10_000,
  })
  const truth = sources.truth()
  const states = new Map(items.map(({ path, state }) => [path, state]))
  const wrong = [...truth].filter(([path, state]) => states.get(path) !== state).length
  return { wrong, moved: [...truth.values()].filter((state) => state === 'outdated').length }
}

/** Microseconds. */
async function outdatedTimes(call: Call): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < 40; i++) times.push(await timed(() => call('artifacts.outdated', { limit: 100 })))
  return times
}

function linesOf(
  asked: readonly Asked[],
  taken: Record<'plain' | 'check' | 'answer', number[]>,
  { artifacts, urls }: Sources,
  rounds: number,
): Line[] {
  const samples = `${rounds} rounds`
  const most = (key: keyof Asked): number => Math.max(...asked.map((each) => each[key]))
  const none = { floor: null, samples } as const
  return [
    {
      ...none,
      id: 'fresh.requests',
      what: `requests of a check of ${artifacts} artifacts from ${urls.length} repositories, most`,
      unit: '',
      figure: most('first'),
      goal: { kind: 'most', max: urls.length },
    },
    {
      ...none,
      id: 'fresh.requests-again',
      what: 'requests of a second check within the interval, most',
      unit: '',
      figure: most('second'),
      goal: { kind: 'most', max: 0 },
    },
    {
      ...none,
      id: 'fresh.outdated-wrong',
      what: 'artifacts whose state is not what git says of their folder, most',
      unit: '',
      figure: most('wrong'),
      goal: { kind: 'most', max: 0 },
      remark: `up to ${most('moved')} outdated`,
    },
    {
      id: 'fresh.check',
      what: 'such a check, without the start of its process',
      unit: 'ms',
      figure: median(taken.check),
      floor: { what: 'the same requests, parsed', figure: median(taken.plain) },
      goal: { kind: 'none' },
      samples,
    },
    {
      ...none,
      id: 'fresh.outdated',
      what: '`artifacts.outdated`, 100 rows',
      unit: 'ms',
      figure: median(taken.answer) / 1_000,
      goal: { kind: 'none' },
      samples: `${taken.answer.length} calls`,
    },
    {
      ...none,
      id: 'fresh.outdated-p99',
      what: 'same, p99',
      unit: 'ms',
      figure: p99(taken.answer) / 1_000,
      goal: { kind: 'none' },
      samples: `${taken.answer.length} calls`,
    },
  ]
}
