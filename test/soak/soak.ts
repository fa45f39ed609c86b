/** A daemon's lives under churn, with what can grow in them written down. */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { connect } from '../../client-cli/connect.ts'
import { quantile } from '../bench/statistics.ts'
import { buildDemoHome } from '../demo/build-demo-home.ts'
import { createRandom } from '../demo/random.ts'
import { type Churn, runChurn } from './churn.ts'
import { figuresOf } from './figures.ts'
import { checkFile, compareWithDisk } from './integrity.ts'
import { type Life, type Place, placeIn, startLife } from './life.ts'
import type { Options } from './options.ts'
import { type Idle, type LifeRecord, type Soak, WARM_UP } from './verdict.ts'

const SAMPLE_MS = 1_000
const PROBE_MS = 50
/** Rest between two operations of a client when time is the limit, so that the machine is busy and not swamped. */
const PAUSE_MS = 20

/** Runs the soak in the empty folder `temp`. The daemon is the program `entry`. */
export async function runSoak(
  options: Options & { daemon: string },
  temp: string,
  say: (text: string) => void,
): Promise<Soak> {
  const { projects, seed, lives } = options
  say(`making ${projects} projects`)
  const demo = buildDemoHome({ count: projects, out: join(temp, 'demo'), seed })
  const place = placeIn(temp, demo.home)
  const soak: Soak = { lives: [], counts: {}, failures: [], damage: [] }
  for (let number = 1; number <= lives; number++) {
    const churn = {
      socket: place.paths.socket,
      projects: demo.projects.map((project) => join(demo.home, project.path)),
      random: createRandom(`soak ${seed} ${number}`),
      counts: soak.counts,
      failures: soak.failures,
      pauseMs: options.operations === null ? PAUSE_MS : 0,
    }
    const ending = number % 2 === 0 ? 'SIGKILL' : 'SIGTERM'
    const record = await live(options, place, churn, ending)
    soak.lives.push(record)
    say(`life ${number} of ${lives}: ${record.operations} operations in ${Math.round(record.seconds)} s`)
  }
  soak.damage.push(...checkFile(place.paths.cacheDb))
  const last = await startLife(options.daemon, place)
  await idle(place, last)
  soak.damage.push(...(await compareWithDisk(place)))
  await last.end('SIGTERM')
  return soak
}

async function live(
  options: Options & { daemon: string },
  place: Place,
  rest: Omit<Churn, 'goesOn'>,
  ending: LifeRecord['ending'],
): Promise<LifeRecord> {
  const life = await startLife(options.daemon, place)
  const before = await idle(place, life)
  await life.loopDelay()
  const start = performance.now()
  const done = (): number => Object.values(rest.counts).reduce((sum, count) => sum + count, 0)
  const doneBefore = done()
  const share = (total: number): number => total / options.lives
  const goesOn = (): boolean => {
    if (life.died !== null) return false
    if (options.operations !== null) return done() - doneBefore < share(options.operations)
    return performance.now() - start < share(options.durationMs ?? 0)
  }
  const watching = watch(life, goesOn)
  const probing = probe(rest.socket, goesOn)
  await runChurn({ ...rest, goesOn })
  const [{ samples, strangers, writerBytes }, answers] = await Promise.all([watching, probing])
  const seconds = (performance.now() - start) / 1_000
  const loop = await life.loopDelay()
  const after = await idle(place, life)
  if (life.died !== null) rest.failures.push(`the daemon ended by itself: ${life.died}`)
  // What it is in the middle of must not matter.
  const broken = ending === 'SIGKILL' ? refreshUntilBroken(rest.socket) : null
  await life.end(ending)
  await broken
  return {
    seconds,
    operations: done() - doneBefore,
    rss: samples.filter(({ atMs }) => atMs - start >= WARM_UP * seconds * 1_000),
    before,
    after,
    strangers,
    writerBytes,
    loop,
    answers,
    ending,
  }
}

async function refreshUntilBroken(socket: string): Promise<void> {
  const { call, opened, close } = connect(socket, undefined)
  await opened
  await call('cache.refresh', { force: true }).catch(() => undefined)
  close()
}

/** Waits until nothing is done and nobody is connected, and everything that ends by itself has. */
async function idle(place: Place, life: Life): Promise<Idle> {
  const { call, close } = connect(place.paths.socket, undefined)
  for (;;) {
    const { refresh, lastRefreshAt } = await call('cache.status', {})
    // A daemon scans by itself a moment after it started.
    if (refresh === null && (lastRefreshAt ?? 0) >= life.startedAt) break
    await wait(20)
  }
  close()
  let settled = figuresOf(life.pid)
  for (let calm = 0; calm < 10; ) {
    await wait(50)
    const now = figuresOf(life.pid)
    calm = now.fds === settled.fds && now.threads === settled.threads ? calm + 1 : 0
    // The process that wrote takes its leave a few seconds after it was needed.
    if (now.writers > 0) calm = 0
    settled = now
  }
  return { fds: settled.fds, threads: settled.threads }
}

async function watch(
  life: Life,
  goesOn: () => boolean,
): Promise<{ samples: LifeRecord['rss']; strangers: number; writerBytes: number }> {
  const samples: LifeRecord['rss'] = []
  let strangers = 0
  let writerBytes = 0
  while (goesOn()) {
    const figures = figuresOf(life.pid)
    samples.push({ atMs: performance.now(), value: figures.rssBytes })
    // One sample may meet the writer just before its command line is there, or just after it ended.
    if (figures.strangers > 0)
      strangers = (await remaining(life)) ? Math.max(strangers, figures.strangers) : strangers
    writerBytes = Math.max(writerBytes, figures.writerBytes)
    await wait(SAMPLE_MS)
  }
  return { samples, strangers, writerBytes }
}

async function remaining(life: Life): Promise<boolean> {
  await wait(200)
  return figuresOf(life.pid).strangers > 0
}

async function probe(socket: string, goesOn: () => boolean): Promise<LifeRecord['answers']> {
  const { call, close } = connect(socket, undefined)
  const times: number[] = []
  try {
    while (goesOn()) {
      const start = performance.now()
      await call('daemon.status', {})
      times.push(performance.now() - start)
      await wait(PROBE_MS)
    }
  } finally {
    close()
  }
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), max: quantile(times, 1) }
}
