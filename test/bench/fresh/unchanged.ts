/** A refresh that finds nothing new: what it writes, what it costs, and what others notice of it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import type { Call } from '../../../protocol/client.ts'
import type { Bench } from '../bench.ts'
import { type Daemon, fillCache, newPlace, type Place, untilIdle, withDaemon } from '../daemon.ts'
import type { PlainScanAnswer, PlainScanJob } from '../floors/plain-scan.ts'
import { planScan } from '../floors/scan-plan.ts'
import type { Line } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { ask, childrenOf, cleanEnv, cpuOf } from '../processes.ts'
import { timed } from '../socket/raw.ts'
import { interleave, median, p99 } from '../statistics.ts'

const plainScan = join(import.meta.dirname, '../floors/plain-scan.ts')

export async function measureUnchanged(bench: Bench): Promise<Line[]> {
  const tree = bench.tree(100)
  const place = newPlace(bench, tree.home)
  await fillCache(bench, place)
  const plan = join(bench.temp, 'unchanged-plan.json')
  writeFileSync(plan, JSON.stringify(planScan(tree.folder)))
  const rounds = roundsOf(bench.options, 10, 2)
  let before = new Map<number, string>()
  const taken = await withDaemon(bench, place, async ({ call }, daemon) => {
    await untilIdle(call)
    before = rowsOf(place)
    return interleave(
      { rounds, warmUp: 1 },
      {
        plain: async () => {
          const job: PlainScanJob = { plan, mode: 'rescan', db: '' }
          return (await ask<PlainScanAnswer>(plainScan, job, { env: cleanEnv(tree.home, bench.temp) })).cpuMs
        },
        product: () => processorTime(daemon, call),
        lists: () => listsMeanwhile(daemon, call),
      },
    )
  })
  const samples = `${rounds} rounds`
  const perPass = median(taken.product)
  return [
    {
      id: 'fresh.rows',
      what: `rows of artifacts written by refreshes of 100 unchanged projects, of ${before.size.toLocaleString('en')}`,
      unit: '',
      figure: written(before, rowsOf(place)),
      floor: null,
      goal: { kind: 'most', max: 0 },
      samples: `${2 * (rounds + 1)} refreshes`,
    },
    {
      id: 'fresh.refresh-cpu',
      what: 'processor time of one such refresh: daemon, writer process, scanners, their start and end',
      unit: 'ms',
      figure: perPass,
      floor: { what: 'processor time of walk + lstat', figure: median(taken.plain) },
      goal: { kind: 'ratio', max: 1.3 },
      samples,
    },
    {
      id: 'fresh.refresh-share',
      what: 'share of one processor at one such refresh a minute',
      unit: '%',
      figure: (perPass / 60_000) * 100,
      floor: null,
      goal: { kind: 'most', max: 0.5 },
      samples,
    },
    {
      id: 'fresh.list-p99',
      what: '`artifacts.list`, 100 rows, p99 while such refreshes run',
      unit: 'ms',
      figure: p99(taken.lists) / 1_000,
      floor: null,
      goal: { kind: 'most', max: 3 },
      samples: `${taken.lists.length} calls`,
    },
  ]
}

/** Ms from an idle daemon to an idle daemon: the process that reads and writes is started for it and ends after it. */
async function processorTime(daemon: Daemon, call: Call): Promise<number> {
  await untilAlone(daemon)
  const before = cpuOf(daemon.pid) ?? Number.NaN
  await refresh(call)
  await untilAlone(daemon)
  return (cpuOf(daemon.pid) ?? Number.NaN) - before
}

async function refresh(call: Call): Promise<void> {
  const { result } = await call('cache.refresh', { force: true })
  if (!result || result.changesDetected > 0) throw new Error('the tree changed meanwhile')
}

/** Until the daemon's helper, which waits a little for more work, has ended. */
async function untilAlone({ pid }: Daemon): Promise<void> {
  while (childrenOf(pid).length > 0) await wait(50)
}

/** Microseconds of each list that another client asked for while a refresh ran. */
async function listsMeanwhile(daemon: Daemon, call: Call): Promise<number[]> {
  const other = daemon.connect()
  await other.opened
  const state = { running: true }
  const done = refresh(call).finally(() => {
    state.running = false
  })
  const times: number[] = []
  let cursor: string | null = null
  while (state.running) {
    times.push(
      await timed(async () => {
        const page = { limit: 100, ...(cursor !== null && { cursor }) }
        const found: { nextCursor: string | null } = await other.call('artifacts.list', page)
        cursor = found.nextCursor
      }),
    )
  }
  await done
  other.close()
  return times
}

/** Every column of every row, by its id: each write sets `updated_at`, so none goes unseen. */
function rowsOf({ cacheDb }: Place): Map<number, string> {
  const db = new Sqlite(cacheDb, { readonly: true })
  const rows = db.prepare('SELECT * FROM artifacts').all() as Array<{ id: number }>
  db.close()
  return new Map(rows.map((row) => [row.id, JSON.stringify(row)]))
}

function written(before: ReadonlyMap<number, string>, after: ReadonlyMap<number, string>): number {
  const changed = [...after].filter(([id, row]) => before.get(id) !== row)
  const gone = [...before.keys()].filter((id) => !after.has(id))
  return changed.length + gone.length
}
