import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createShutdown, type ShutdownSteps } from '../../../../daemon/kernel/service/shutdown.ts'
import { recordLog } from '../../../support/record-log.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const never = (): Promise<never> => new Promise(() => undefined)

/** A daemon to end: what was done, in order, and the time it took, in ms of the fake clock. */
function daemonToEnd(steps: Partial<ShutdownSteps> = {}) {
  const done: string[] = []
  const { log, lines } = recordLog()
  const noted = (name: keyof ShutdownSteps) => () => {
    done.push(name)
    return steps[name]?.() as never
  }
  const start = Date.now()
  const state = { exit: null as number | null, afterMs: 0, watchdog: [] as number[] }
  const shutdown = createShutdown(
    {
      refuse: noted('refuse'),
      finish: noted('finish'),
      endThreads: noted('endThreads'),
      endConnections: noted('endConnections'),
      closeStorage: noted('closeStorage'),
      removeTraces: noted('removeTraces'),
      releaseLock: noted('releaseLock'),
    },
    {
      log,
      exit(code) {
        state.exit ??= code
        state.afterMs = elapsed
      },
      watchdog(ms) {
        state.watchdog.push(ms)
        return { rearm: (again) => state.watchdog.push(again) }
      },
    },
  )
  let elapsed = 0
  const pass = async (ms: number): Promise<void> => {
    for (const until = elapsed + ms; elapsed < until; elapsed += 100) await vi.advanceTimersByTimeAsync(100)
  }
  return { shutdown, done, state, lines, pass, start }
}

const order = [
  'refuse',
  'finish',
  'endThreads',
  'endConnections',
  'closeStorage',
  'removeTraces',
  'releaseLock',
]

describe('createShutdown (L7)', () => {
  it('does everything in its order, the lock last, and exits with 0', async () => {
    const { shutdown, done, state, pass } = daemonToEnd()
    shutdown.request('asked')
    expect(done, 'the answer to the request goes out first').toEqual([])
    await pass(100)
    expect(done).toEqual(order)
    expect(state).toMatchObject({ exit: 0, watchdog: [14_500] })
  })

  it('begins once, whoever asks how often', async () => {
    const { shutdown, done, pass } = daemonToEnd()
    for (let i = 0; i < 5; i++) shutdown.request('asked')
    await pass(100)
    shutdown.request('asked')
    await pass(100)
    expect(done).toEqual(order)
  })

  it('gives what runs 10 s, and goes on', async () => {
    const { shutdown, done, state, pass } = daemonToEnd({ finish: never })
    shutdown.signal('SIGTERM')
    await pass(9_900)
    expect(done).toEqual(['refuse', 'finish'])
    await pass(200)
    expect(done).toEqual(order)
    expect(state.exit).toBe(0)
  })

  it('ends within 15 s though everything that can hang does', async () => {
    const { shutdown, state, pass } = daemonToEnd({ finish: never, endThreads: never, endConnections: never })
    shutdown.signal('SIGTERM')
    await pass(15_000)
    expect(state.exit).toBe(0)
    expect(state.afterMs).toBeLessThan(14_500)
  })

  it('does the rest when a step fails, and logs which one', async () => {
    const broken = (): never => {
      throw new Error('no space left')
    }
    const { shutdown, done, state, lines, pass } = daemonToEnd({
      refuse: broken,
      endThreads: async () => broken(),
      closeStorage: broken,
    })
    shutdown.request('asked')
    await pass(100)
    expect(done).toEqual(order)
    expect(state.exit).toBe(0)
    const failed = lines.filter(({ message }) => message === 'a step of the end failed')
    expect(failed.map(({ step }) => step)).toEqual(['refuse', 'endThreads', 'closeStorage'])
  })

  it('is shortened by the second signal', async () => {
    const { shutdown, state, pass } = daemonToEnd({ finish: never, endThreads: never, endConnections: never })
    shutdown.signal('SIGINT')
    await pass(1_000)
    shutdown.signal('SIGINT')
    await pass(1_500)
    expect(state).toMatchObject({ exit: 0, watchdog: [14_500, 3_000] })
  })

  it('is shortened by the first signal after it was asked for', async () => {
    const { shutdown, state, pass } = daemonToEnd({ finish: never })
    shutdown.request('asked')
    await pass(1_000)
    shutdown.signal('SIGTERM')
    await pass(200)
    expect(state.exit).toBe(0)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('is over at once with the third %s', async (signal, code) => {
    const { shutdown, state, pass } = daemonToEnd({ finish: never, endThreads: never })
    for (let i = 0; i < 2; i++) shutdown.signal(signal)
    await pass(100)
    expect(state.exit).toBeNull()
    shutdown.signal(signal)
    expect(state.exit).toBe(code)
  })
})
