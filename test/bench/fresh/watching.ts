/** What watching costs: until all is watched, watches of the kernel, memory, processor time while nothing happens. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Call } from '../../../protocol/client.ts'
import { readMetrics } from '../../support/prometheus.ts'
import type { Bench } from '../bench.ts'
import { fillCache, newPlace, type Place, untilIdle, withDaemon } from '../daemon.ts'
import { planScan } from '../floors/scan-plan.ts'
import type { Line } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { cleanEnv, exactCpuOf, memoryOf, node } from '../processes.ts'
import { interleave, median } from '../statistics.ts'
import { startPlain } from './follower.ts'

const MB = 1e6
/** Until the memory of a start was given back. */
const SETTLE_MS = 5_000

/** After a request the daemon looks at its event loop for up to 20 s (kernel/metrics/event-loop.ts): it is not idle yet. */
const IDLE_AFTER_MS = 22_000

/** What one start of the daemon took. */
type Started = { startMs: number; folders: number; watches: number; rssMb: number }

export async function measureWatching(bench: Bench): Promise<Line[]> {
  const tree = bench.tree(100)
  const place = newPlace(bench, tree.home)
  await fillCache(bench, place)
  const plan = join(bench.temp, 'watch-plan.json')
  writeFileSync(plan, JSON.stringify(planScan(tree.folder)))
  const settle = bench.options.quick ? 1_500 : SETTLE_MS
  const rounds = roundsOf(bench.options, 8, 1)
  const started: Started[] = []
  let plainFolders = 0
  const taken = await interleave(
    { rounds, warmUp: bench.options.quick ? 0 : 1 },
    {
      plain: async () => {
        const job = { plan, db: join(bench.temp, 'watch.db'), settleMs: 20 }
        const { ready, close } = await startPlain(job, cleanEnv(tree.home, bench.temp))
        close()
        plainFolders = ready.folders
        return ready.ms
      },
      daemon: async () => {
        const one = await startAndSettle(bench, place, settle)
        started.push(one)
        return one.startMs
      },
      node: () => bareNode(place, settle),
    },
  )
  const last = started.at(-1) as Started
  const samples = `${rounds} rounds`
  const of = (key: keyof Started): number => median(started.slice(-rounds).map((each) => each[key]))
  const many = (count: number): string => count.toLocaleString('en')
  return [
    {
      id: 'fresh.start',
      what: 'until the daemon watches everything, while it reads the same folders',
      unit: 'ms',
      figure: median(taken.daemon),
      floor: { what: 'plain loop over the folders of artifacts', figure: median(taken.plain) },
      goal: { kind: 'ratio', max: 1.5 },
      samples,
      remark: `${many(last.folders)} folders; plain loop ${many(plainFolders)}`,
    },
    {
      id: 'fresh.kernel',
      what: 'watches of the kernel',
      unit: '',
      figure: of('watches'),
      floor: { what: 'folders watched', figure: of('folders') },
      goal: { kind: 'ratio', max: 1 },
      samples,
    },
    {
      id: 'fresh.memory',
      what: 'memory of the daemon then, settled (VmRSS)',
      unit: 'MB',
      figure: of('rssMb'),
      floor: { what: 'bare `node`', figure: median(taken.node) },
      goal: { kind: 'ratio', max: 2 },
      samples,
    },
    await idleLine(bench, place),
  ]
}

async function startAndSettle(bench: Bench, place: Place, settle: number): Promise<Started> {
  return withDaemon(bench, place, async ({ call }, { pid }) => {
    const figures = await untilWatched(call)
    await untilIdle(call)
    await wait(settle)
    return { ...figures, watches: kernelWatches(pid), rssMb: (memoryOf(pid, 'VmRSS') ?? Number.NaN) / MB }
  })
}

async function untilWatched(call: Call): Promise<{ startMs: number; folders: number }> {
  for (;;) {
    const families = readMetrics((await call('daemon.metrics', {})).text)
    const figureOf = (name: string): number | undefined => families.get(name)?.samples[0]?.value
    const seconds = figureOf('smd_watch_start_seconds')
    if (seconds !== undefined)
      return { startMs: seconds * 1_000, folders: figureOf('smd_watched_folders') ?? 0 }
    await wait(50)
  }
}

/** As the kernel lists them, for all inotify descriptors of a process. */
function kernelWatches(pid: number): number {
  const folder = `/proc/${pid}/fdinfo`
  const texts = readdirSync(folder).map((fd) => {
    try {
      return readFileSync(join(folder, fd), 'utf8')
    } catch {
      // Closed in between
      return ''
    }
  })
  return texts.join('\n').split(/^inotify wd:/m).length - 1
}

async function bareNode({ env }: Place, settle: number): Promise<number> {
  const child: ChildProcess = spawn(node, ['-e', 'setInterval(() => {}, 1e9)'], { env, stdio: 'ignore' })
  try {
    await wait(settle)
    return (memoryOf(child.pid as number, 'VmRSS') ?? Number.NaN) / MB
  } finally {
    child.kill()
  }
}

/** Processor time with all watches and a client that is connected and silent. */
async function idleLine(bench: Bench, place: Place): Promise<Line> {
  const seconds = bench.options.quick ? 20 : 60
  const share = await withDaemon(bench, place, async ({ call }, { pid }) => {
    await untilWatched(call)
    await untilIdle(call)
    await wait(IDLE_AFTER_MS)
    const before = exactCpuOf(pid) ?? Number.NaN
    await wait(seconds * 1_000)
    return (((exactCpuOf(pid) ?? Number.NaN) - before) / (seconds * 1_000)) * 100
  })
  return {
    id: 'fresh.idle',
    what: 'processor time with all watches while nothing happens, one client connected',
    unit: '%',
    figure: share,
    floor: null,
    goal: { kind: 'most', max: 0.05 },
    samples: `${seconds} s`,
  }
}
