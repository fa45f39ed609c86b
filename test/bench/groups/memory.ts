/** Memory, idle time and the size of the file. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Bench } from '../bench.ts'
import { fillCache, newPlace, type Place, untilIdle, withDaemon } from '../daemon.ts'
import type { Group, Line } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { childrenOf, exactCpuOf, memoryOf, node } from '../processes.ts'
import { interleave, median } from '../statistics.ts'

const MB = 1e6
/** Until the memory of a start was given back. */
const SETTLE_MS = 5_000

export async function measureMemory(bench: Bench): Promise<Group> {
  const title = 'Memory, idle time, file size'
  const about =
    'Resident memory as the kernel counts it (VmRSS). "Settled" is after the scan at the start, a few hundred calls and five seconds.'
  if (process.platform !== 'linux')
    return { name: 'memory', title, about: 'Measured on Linux only.', lines: [] }
  const empty = newPlace(bench, emptyHome(bench))
  const filled = newPlace(bench, bench.tree(100).home)
  await fillCache(bench, empty)
  const { artifacts } = await fillCache(bench, filled)
  const rounds = roundsOf(bench.options, 20, 1)
  const settle = bench.options.quick ? 1_500 : SETTLE_MS
  const pss: number[] = []
  const alone: number[] = []
  const taken = await interleave(
    { rounds, warmUp: 0 },
    {
      node: () => bareNode(filled, settle),
      empty: () => settled(bench, empty, settle, []),
      filled: () => settled(bench, filled, settle, pss),
      scan: () => mostInScan(bench, alone),
    },
  )
  const samples = `${rounds} rounds`
  const bare = { what: 'bare `node`', figure: median(taken.node) }
  const lines: Line[] = [
    {
      id: 'memory.empty',
      what: 'daemon without projects, settled',
      unit: 'MB',
      figure: median(taken.empty),
      floor: bare,
      goal: { kind: 'ratio', max: 1.5 },
      samples,
    },
    {
      id: 'memory.filled',
      what: `daemon with ${artifacts.toLocaleString('en')} artifacts, settled`,
      unit: 'MB',
      figure: median(taken.filled),
      floor: bare,
      goal: { kind: 'ratio', max: 2 },
      samples,
      remark: `Pss ${Math.round(median(pss))} MB`,
    },
    {
      id: 'memory.scan',
      what: 'daemon and writer process together, most during the first full scan (Pss, every 50 ms)',
      unit: 'MB',
      figure: median(taken.scan),
      floor: bare,
      goal: { kind: 'most', max: 130 },
      samples,
    },
    {
      id: 'memory.scan-daemon',
      what: 'the daemon alone, most until then (VmHWM)',
      unit: 'MB',
      figure: median(alone),
      floor: bare,
      goal: { kind: 'none' },
      samples,
    },
    await idleLine(bench, filled),
    await sizeLine(filled, artifacts),
  ]
  const many = newPlace(bench, bench.tree(1_000).home)
  lines.push(await sizeLine(many, (await fillCache(bench, many)).artifacts))
  return { name: 'memory', title, about, lines }
}

function emptyHome({ temp }: Bench): string {
  const home = join(temp, 'empty-home')
  mkdirSync(home)
  return home
}

async function bareNode({ env }: Place, settle: number): Promise<number> {
  const child: ChildProcess = spawn(node, ['-e', 'setInterval(() => {}, 1e9)'], { env, stdio: 'ignore' })
  try {
    await wait(settle)
    return inMb(memoryOf(child.pid as number, 'VmRSS'))
  } finally {
    child.kill()
  }
}

async function settled(bench: Bench, place: Place, settle: number, pss: number[]): Promise<number> {
  return withDaemon(bench, place, async ({ call }, { pid }) => {
    await untilIdle(call)
    for (let i = 0; i < 150; i++) {
      await call('artifacts.list', { limit: 100 })
      await call('artifacts.search', { query: 'code review' })
      await call('daemon.status', {})
    }
    await wait(settle)
    pss.push(inMb(memoryOf(pid, 'Pss')))
    return inMb(memoryOf(pid, 'VmRSS'))
  })
}

/** Pages of Node's own code are shared by both processes, so they are counted once (Pss). */
async function mostInScan(bench: Bench, alone: number[]): Promise<number> {
  const place = newPlace(bench, bench.tree(100).home)
  return withDaemon(bench, place, async ({ call }, { pid }) => {
    let most = 0
    const look = (): void => {
      const pids = [pid, ...childrenOf(pid)]
      most = Math.max(
        most,
        pids.map((one) => memoryOf(one, 'Pss') ?? 0).reduce((sum, bytes) => sum + bytes, 0),
      )
    }
    const looking = setInterval(look, 50)
    await call('cache.refresh', {}).finally(() => clearInterval(looking))
    alone.push(inMb(memoryOf(pid, 'VmHWM')))
    return inMb(most)
  })
}

/** Processor time with a client that is connected and silent. */
async function idleLine(bench: Bench, place: Place): Promise<Line> {
  const seconds = bench.options.quick ? 5 : 60
  const share = await withDaemon(bench, place, async ({ call }, { pid }) => {
    await untilIdle(call)
    await wait(SETTLE_MS)
    const before = exactCpuOf(pid) ?? Number.NaN
    await wait(seconds * 1_000)
    return (((exactCpuOf(pid) ?? Number.NaN) - before) / (seconds * 1_000)) * 100
  })
  return {
    id: 'memory.idle',
    what: 'processor time while idle, one client connected',
    unit: '%',
    figure: share,
    floor: null,
    goal: { kind: 'most', max: 0.05 },
    samples: `${seconds} s`,
  }
}

/** After the daemon ended, so that the write-ahead log is part of the file. */
async function sizeLine({ cacheDb }: Place, artifacts: number): Promise<Line> {
  if (statSync(`${cacheDb}-wal`, { throwIfNoEntry: false })) throw new Error('cache.db was not closed')
  const { size } = statSync(cacheDb)
  return {
    id: `memory.size-${artifacts > 50_000 ? 1_000 : 100}`,
    what: `cache.db for 10,000 artifacts, of ${artifacts.toLocaleString('en')}`,
    unit: 'MB',
    figure: (size / MB / artifacts) * 10_000,
    floor: null,
    goal: { kind: 'most', max: 10 },
    samples: `file of ${(size / MB).toFixed(1)} MB`,
  }
}

function inMb(bytes: number | null): number {
  if (bytes === null) throw new Error('the process is gone')
  return bytes / MB
}
