/** The end of the daemon: its steps, their order and the time each may take (daemon spec L7). */
import { constants } from 'node:os'
import type { Logger } from '../log/logger.ts'
import { startWatchdog, type Watchdog } from './watchdog.ts'

/** What has to be done, in the order in which it is done. A step that fails is logged and does not stop the others. */
export type ShutdownSteps = {
  /** No new connection, no new request; those who wait for the daemon's end can see that it has begun. */
  refuse(): void
  /** Resolves when running requests and scans are over. */
  finish(): Promise<unknown>
  /** Ends the threads, and what they are still at. */
  endThreads(): Promise<unknown>
  /** Ends connections when their last answers were taken. */
  endConnections(): Promise<unknown>
  closeStorage(): void
  /** Registration and socket, as far as they are ours. */
  removeTraces(): void
  releaseLock(): void
}

/** How long each part may take, in ms. */
export type ShutdownTimes = {
  /** For requests and scans that run. */
  finish: number
  /** For each of the steps after that which wait for somebody. */
  step: number
  /** For everything; then the process is killed. */
  total: number
}

const patient: ShutdownTimes = { finish: 10_000, step: 2_000, total: 14_500 }
/** After the second signal. */
const hurried: ShutdownTimes = { finish: 0, step: 500, total: 3_000 }

export type Shutdown = {
  /** Begins the end, once; returns at once. */
  request(reason: string): void
  /** The first signal begins the end, or shortens one that has begun; the next one shortens; then it is over at once. */
  signal(name: NodeJS.Signals): void
}

export function createShutdown(
  steps: ShutdownSteps,
  { log, exit, watchdog = startWatchdog }: Surroundings,
): Shutdown {
  let times = patient
  let running: Watchdog | null = null
  let hurry: () => void = () => undefined
  const hurriedUp = new Promise<void>((resolve) => {
    hurry = resolve
  })

  const attempt = async (name: keyof ShutdownSteps): Promise<void> => {
    try {
      await steps[name]()
    } catch (error) {
      log.error('a step of the end failed', { step: name, error: String((error as Error)?.stack ?? error) })
    }
  }
  /** Waits for a step, but no longer than `ms`, which may become less while it lasts. */
  const within = async (name: keyof ShutdownSteps, ms: (of: ShutdownTimes) => number): Promise<void> => {
    const timers: NodeJS.Timeout[] = []
    const pause = (of: ShutdownTimes): Promise<'late'> =>
      new Promise((resolve) => timers.push(setTimeout(resolve, ms(of), 'late')))
    const late = [pause(times), hurriedUp.then(() => pause(hurried))]
    const outcome = await Promise.race([attempt(name), ...late])
    for (const timer of timers) clearTimeout(timer)
    if (outcome === 'late') log.warn('a step of the end took too long', { step: name })
  }

  const run = async (): Promise<void> => {
    await attempt('refuse')
    await within('finish', (of) => of.finish)
    await within('endThreads', (of) => of.step)
    await within('endConnections', (of) => of.step)
    await attempt('closeStorage')
    await attempt('removeTraces')
    log.info('stopped')
    await attempt('releaseLock')
    exit(0)
  }

  const request = (reason: string): void => {
    if (running) return
    log.info('stopping', { reason })
    running = watchdog(times.total)
    // After this turn, so that the answer to daemon.stop is on its way before anything ends.
    setImmediate(() => void run())
  }

  return {
    request,
    signal(name) {
      if (!running) return request(name)
      if (times === hurried) {
        log.warn('ended by a signal', { signal: name })
        return exit(128 + (constants.signals[name] ?? 0))
      }
      log.info('stopping sooner', { signal: name })
      times = hurried
      running.rearm(times.total)
      hurry()
    },
  }
}

type Surroundings = {
  log: Logger
  exit(code: number): void
  watchdog?: (ms: number) => Watchdog
}
