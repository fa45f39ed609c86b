/** How a daemon answers many clients, with nothing else to do and while it reads the whole disk again. */
import { join } from 'node:path'
import { connect } from '../../client-cli/connect.ts'
import { ask } from '../bench/processes.ts'
import { buildDemoHome } from '../demo/build-demo-home.ts'
import { touchAll } from './churn.ts'
import { type LoopDelay, placeIn, startLife } from './life.ts'
import type { LoadAnswer, LoadJob } from './load-clients.ts'
import type { Options } from './options.ts'
import { aligned } from './verdict.ts'

const CLIENTS = 32

export type Load = {
  artifacts: number
  idle: LoadAnswer & { loop: LoopDelay }
  /** `scans`: how many full scans were begun meanwhile, each of files that all have changed. */
  scanning: LoadAnswer & { loop: LoopDelay; scans: number; filesRead: number }
}

/** Measures both for `durationMs` / 2 in the empty folder `temp`. */
export async function measureLoad(
  { projects, seed, durationMs, daemon }: Options & { daemon: string },
  temp: string,
  say: (text: string) => void,
): Promise<Load> {
  say(`making ${projects} projects`)
  const demo = buildDemoHome({ count: projects, out: join(temp, 'demo'), seed })
  const paths = demo.projects.map((project) => join(demo.home, project.path))
  const place = placeIn(temp, demo.home)
  const life = await startLife(daemon, place)
  const { call, close } = connect(place.paths.socket, undefined)
  await call('cache.refresh', { force: true })
  const { artifacts } = await call('cache.status', {})
  const job: LoadJob = { socket: place.paths.socket, clients: CLIENTS, ms: (durationMs ?? 0) / 2 }
  const read = (ms = job.ms): Promise<LoadAnswer> =>
    ask(join(import.meta.dirname, 'load-clients.ts'), { ...job, ms }, { env: place.env })
  const measure = async <More>(work: () => Promise<More>): Promise<More & { loop: LoopDelay }> => {
    await life.loopDelay()
    const result = await work()
    return { ...result, loop: await life.loopDelay() }
  }
  await read(2_000)
  const idle = await measure(() => read())
  const scanning = await measure(async () => {
    let over = false
    let scans = 0
    let filesRead = 0
    const reading = read().finally(() => {
      over = true
    })
    while (!over) {
      for (const path of paths) touchAll(path)
      const { result } = await call('cache.refresh', { force: true })
      filesRead += result?.counters.filesRead ?? 0
      scans++
    }
    return { ...(await reading), scans, filesRead }
  })
  close()
  await life.end('SIGTERM')
  return { artifacts, idle, scanning }
}

export function loadTable({ artifacts, idle, scanning }: Load): string {
  const head = ['', 'answers/s', 'p50', 'p99', 'max', 'loop p50', 'loop p99', 'loop max']
  const row = (name: string, { perSecond, p50, p99, max, loop }: Load['idle']): string[] => [
    name,
    perSecond.toFixed(0),
    ...[p50, p99, max, loop.p50, loop.p99, loop.max].map((ms) => `${ms.toFixed(1)} ms`),
  ]
  const share = Math.round((100 * scanning.perSecond) / idle.perSecond)
  const rows = [head, row('idle', idle), row('during full scans', scanning)]
  return `${CLIENTS} clients, ${artifacts} artifacts; ${scanning.scans} full scans, ${scanning.filesRead} files read
${aligned(rows)}
Throughput during full scans: ${share} % of idle
`
}
