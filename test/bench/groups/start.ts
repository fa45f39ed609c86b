/** From nothing to the first answer, with a cache that was filled before. */
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import {
  type Daemon,
  fillCache,
  newPlace,
  type Place,
  startDaemon,
  stopRegistered,
  withDaemon,
} from '../daemon.ts'
import type { Group } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { node, run } from '../processes.ts'
import { interleave, median, quantile } from '../statistics.ts'

export async function measureStart(bench: Bench): Promise<Group> {
  const tree = bench.tree(100)
  const place = newPlace(bench, tree.home)
  await fillCache(bench, place)
  const rounds = roundsOf(bench.options, 30)
  const cwd = tree.home
  const firstLists: number[] = []
  let fromFile = 0

  const times = await interleave(
    { rounds, warmUp: 2 },
    {
      empty: () => run({ argv: [node, '-e', '0'], env: place.env, cwd }).ms,
      daemon: () => startedIn(bench, place),
      list: async () => {
        const argv = [node, join(bench.dist, 'smd.cjs'), 'list', '--limit', '50', '--json']
        const { ms, stdout } = run({ argv, env: place.env, cwd })
        await stopRegistered(place)
        if (JSON.parse(stdout).items.length !== 50) throw new Error('the list is not complete')
        return ms
      },
      first: async () => {
        const first = await firstList(bench, place)
        firstLists.push(first.ms)
        if (first.fromFile) fromFile++
        return first.ms
      },
    },
  )
  const samples = `${rounds} rounds`
  const empty = { what: '`node -e 0`', figure: median(times.empty) }
  return {
    name: 'start',
    title: 'Start of the daemon',
    about:
      'The cache file holds 10,000 artifacts. A start ends with the first answer to a connected client; the daemon is ended after each round.',
    lines: [
      {
        id: 'start.daemon',
        what: 'daemon, from its start to the first answer',
        unit: 'ms',
        figure: median(times.daemon),
        floor: empty,
        goal: { kind: 'ratio', max: 3 },
        samples,
      },
      {
        id: 'start.list',
        what: '`smd list --limit 50 --json` that has to start the daemon',
        unit: 'ms',
        figure: median(times.list),
        floor: empty,
        goal: { kind: 'ratio', max: 5 },
        samples,
      },
      {
        id: 'start.list-p95',
        what: 'the same, in 95 of 100 cases',
        unit: 'ms',
        figure: quantile(times.list, 0.95),
        floor: empty,
        goal: { kind: 'ratio', max: 1, plus: 400 },
        samples,
      },
      {
        id: 'start.first-list',
        what: 'first `artifacts.list` after a start, 100 rows',
        unit: 'ms',
        figure: median(times.first),
        floor: null,
        goal: { kind: 'none' },
        samples,
        remark: `answered before any rescan ended in ${fromFile} of ${firstLists.length}`,
      },
    ],
  }
}

async function startedIn(bench: Bench, place: Place): Promise<number> {
  const start = process.hrtime.bigint()
  let ms = 0
  await withDaemon(bench, place, async ({ call }) => {
    await call('daemon.status', {})
    ms = Number(process.hrtime.bigint() - start) / 1e6
  })
  return ms
}

/** The first list comes from the file when the last refresh it knows of is that of the daemon before. */
async function firstList(bench: Bench, place: Place): Promise<{ ms: number; fromFile: boolean }> {
  const startedAt = Date.now()
  const daemon: Daemon = await startDaemon(bench, place)
  const { call, close } = daemon.connect()
  const start = process.hrtime.bigint()
  const { items } = await call('artifacts.list', { limit: 100 })
  const ms = Number(process.hrtime.bigint() - start) / 1e6
  const { lastRefreshAt } = await call('cache.status', {})
  close()
  await daemon.stop()
  return { ms, fromFile: items.length === 100 && lastRefreshAt !== null && lastRefreshAt < startedAt }
}
