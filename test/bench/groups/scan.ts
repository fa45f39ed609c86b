/** Reading everything from disk, and looking whether anything changed. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Tree } from '../bench.ts'
import { newPlace, untilIdle, withDaemon } from '../daemon.ts'
import type { PlainScanAnswer, PlainScanJob } from '../floors/plain-scan.ts'
import { planScan } from '../floors/scan-plan.ts'
import type { Group, Line } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { ask, cleanEnv, cpuOf } from '../processes.ts'
import { interleave, median } from '../statistics.ts'

const plainScan = join(import.meta.dirname, '../floors/plain-scan.ts')

export async function measureScan(bench: Bench): Promise<Group> {
  return {
    name: 'scan',
    title: 'Scans',
    about:
      'A cold scan begins with a new daemon and no cache file and ends with the answer to `cache.refresh`; search for projects, threads, search indexes included. The floor is one process that walks, reads, hashes and inserts the same files into the same tables. All files are in the page cache.',
    lines: [...(await measureAt(bench, 100)), ...(await measureAt(bench, 1_000))],
  }
}

type Floors = Record<PlainScanJob['mode'], PlainScanAnswer[]>

/** What one refresh of the product took. */
type Refreshed = { ms: number; cpuMs: number; files: number; bytes: number; artifacts: number }

async function measureAt(bench: Bench, projects: 100 | 1_000): Promise<Line[]> {
  const tree = bench.tree(projects)
  const plan = join(bench.temp, `plan-${projects}.json`)
  writeFileSync(plan, JSON.stringify(planScan(tree.folder)))
  const rounds = roundsOf(bench.options, 20, projects === 100 ? 3 : 1)
  const floors: Floors = { full: [], units: [], rescan: [] }
  const refreshed: Record<'one' | 'two' | 'rescan', Refreshed[]> = { one: [], two: [], rescan: [] }
  const plain = async (mode: PlainScanJob['mode']): Promise<number> => {
    const db = join(bench.temp, 'plain.db')
    const job: PlainScanJob = { plan, mode, db }
    const answer = await ask<PlainScanAnswer>(plainScan, job, { env: cleanEnv(tree.home, bench.temp) })
    for (const end of ['', '-wal', '-shm']) rmSync(db + end, { force: true })
    floors[mode].push(answer)
    return answer.ms
  }
  await interleave(
    { rounds, warmUp: 0 },
    {
      plain: () => plain('full'),
      one: async () => {
        const { cold } = await scanned(bench, tree, 1, false)
        refreshed.one.push(cold)
        return cold.ms
      },
      // Only to compare, and slow: every fourth round.
      units: async () => (floors.units.length * 4 < floors.full.length ? plain('units') : 0),
      rescanPlain: () => plain('rescan'),
      two: async () => {
        const { cold, again } = await scanned(bench, tree, 2, true)
        refreshed.two.push(cold)
        if (again) refreshed.rescan.push(again)
        return cold.ms
      },
    },
  )
  return linesOf(projects, floors, refreshed, rounds)
}

/** A scan by a new daemon with so many workers; with `twice` another one over the unchanged tree. */
async function scanned(
  bench: Bench,
  tree: Tree,
  workers: number,
  twice: boolean,
): Promise<{ cold: Refreshed; again: Refreshed | null }> {
  const place = newPlace(bench, tree.home, { SMD_SCAN_WORKERS: String(workers) })
  const found = await withDaemon(bench, place, async ({ call }, { pid }) => {
    const refresh = async (force: boolean): Promise<Refreshed> => {
      const cpuBefore = cpuOf(pid) ?? Number.NaN
      const start = performance.now()
      const { result } = await call('cache.refresh', { force })
      const ms = performance.now() - start
      if (!result) throw new Error('nothing was refreshed')
      const { filesRead, bytesRead, added, changed, removed, unchanged } = result.counters
      if (force && added + changed + removed > 0) throw new Error('the tree changed meanwhile')
      const cpuMs = (cpuOf(pid) ?? Number.NaN) - cpuBefore
      return { ms, cpuMs, files: filesRead, bytes: bytesRead, artifacts: added + unchanged }
    }
    const cold = await refresh(false)
    if (!twice) return { cold, again: null }
    await untilIdle(call)
    return { cold, again: await refresh(true) }
  })
  rmSync(place.smdHome, { recursive: true, force: true })
  return found
}

function linesOf(
  projects: number,
  floors: Floors,
  refreshed: Record<'one' | 'two' | 'rescan', Refreshed[]>,
  rounds: number,
): Line[] {
  const samples = `${rounds} rounds`
  const of = <Key extends 'ms' | 'cpuMs'>(runs: ReadonlyArray<Record<Key, number>>, key: Key): number =>
    median(runs.map((each) => each[key]))
  const read = ({ files, bytes, artifacts }: Refreshed | PlainScanAnswer): string =>
    `${artifacts.toLocaleString('en')} artifacts, ${files.toLocaleString('en')} files read, ${Math.round(bytes / 1e6)} MB`
  const pipeline = { what: 'walk + read + sha256 + insert', figure: of(floors.full, 'ms') }
  const looking = { what: 'walk + lstat', figure: of(floors.rescan, 'ms') }
  const shared = { unit: 'ms', samples } as const
  const count = projects.toLocaleString('en')
  const first = (runs: readonly Refreshed[]): Refreshed => runs[0] as Refreshed
  return [
    {
      ...shared,
      id: `scan.one-${projects}`,
      what: `cold full scan of ${count} projects, one worker`,
      figure: of(refreshed.one, 'ms'),
      floor: pipeline,
      goal: { kind: 'ratio', max: 1.3 },
      remark: `${read(first(refreshed.one))}; floor ${read(floors.full[0] as PlainScanAnswer)}`,
    },
    {
      ...shared,
      id: `scan.two-${projects}`,
      what: 'same, two workers',
      figure: of(refreshed.two, 'ms'),
      floor: pipeline,
      goal: { kind: 'ratio', max: projects === 1_000 ? 1 : 1.3 },
    },
    {
      ...shared,
      id: `scan.cpu-${projects}`,
      what: 'same, processor time',
      figure: of(refreshed.two, 'cpuMs'),
      floor: { what: 'processor time of the pipeline', figure: of(floors.full, 'cpuMs') },
      goal: { kind: 'none' },
    },
    {
      ...shared,
      id: `scan.units-${projects}`,
      what: 'the pipeline with a transaction for each project',
      figure: of(floors.units, 'ms'),
      floor: pipeline,
      goal: { kind: 'none' },
      samples: `${floors.units.length} rounds`,
    },
    {
      ...shared,
      id: `scan.again-${projects}`,
      what: `scan of ${count} unchanged projects, two workers`,
      figure: of(refreshed.rescan, 'ms'),
      floor: looking,
      goal: { kind: 'ratio', max: 1.3 },
      remark: read(first(refreshed.rescan)),
    },
    {
      ...shared,
      id: `scan.again-cpu-${projects}`,
      what: 'same, processor time',
      figure: of(refreshed.rescan, 'cpuMs'),
      floor: { what: 'processor time of walk + lstat', figure: of(floors.rescan, 'cpuMs') },
      goal: projects === 100 ? { kind: 'ratio', max: 1.3 } : { kind: 'none' },
    },
  ]
}
