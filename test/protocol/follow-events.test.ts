/** The client's half of the stream, against a daemon whose every word is given; with a real one: stream-model.test.ts. */
import { describe, expect, it } from 'vitest'
import type { Call, Notification } from '../../protocol/client.ts'
import { SmdError } from '../../protocol/errors.ts'
import { type EventPosition, type FollowOptions, followEvents } from '../../protocol/follow-events.ts'

type Script = (tell: (notification: Notification) => void, params: unknown) => Promise<never> | never

const snapshot = (instance: string, seq: number): Notification => ({
  method: 'events.snapshot',
  params: {
    instance,
    seq,
    at: 0,
    refresh: null,
    lastRefreshAt: null,
    projects: 0,
    artifacts: 0,
    outdatedArtifacts: 0,
    modifiedArtifacts: 0,
    health: { state: 'ok', warnings: [] },
  },
})
const event = (seq: number): Notification => ({
  method: 'events.event',
  params: { seq, at: 0, topic: 'collections.changed', data: { name: 'a', path: '/a' } },
})
const lost = new SmdError('daemon.unavailable', { reason: 'it ended the connection' })
const fatal = new SmdError('protocol.version')

/** Follows daemons that say what each script says; the last one has to fail for good. */
async function follow(scripts: Script[], options: Partial<FollowOptions> = {}) {
  const asked: unknown[] = []
  const heard: Array<[method: string, position: EventPosition | null]> = []
  const losses: string[] = []
  const pauses: number[] = []
  let open = 0
  const error = await followEvents({
    async open() {
      const script = scripts.shift()
      if (!script) throw fatal
      open++
      const listeners = new Set<(notification: Notification) => void>()
      const call = (async (_method: string, params: unknown) => {
        asked.push(params)
        return script((notification) => {
          for (const listener of listeners) listener(notification)
        }, params)
      }) as Call
      return {
        call,
        onNotification(listener) {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
        close: () => open--,
      }
    },
    onMessage: ({ method }, position) => heard.push([method.slice('events.'.length), position]),
    onLost: ({ message }) => losses.push(message),
    wait: async (ms) => pauses.push(ms),
    ...options,
  }).then(
    () => null,
    (raised) => raised,
  )
  return { asked, heard, losses, pauses, error, open }
}

describe('followEvents of the client (D9)', () => {
  it('goes on behind the last event, on a new connection each time, and leaves none open', async () => {
    const { asked, heard, losses, error, open } = await follow(
      [
        (tell) => {
          for (const message of [snapshot('one', 5), event(6), event(9)]) tell(message)
          throw lost
        },
        (tell) => {
          tell({ method: 'events.heartbeat', params: { seq: 12, at: 0 } })
          throw new SmdError('daemon.stopping')
        },
        (tell) => {
          tell({ method: 'events.gap', params: { from: 13, to: null, reason: 'restarted' } })
          tell(snapshot('two', 1))
          throw lost
        },
        () => {
          throw lost
        },
      ],
      { topics: ['refresh'] },
    )
    expect(asked).toEqual([
      { topics: ['refresh'] },
      { topics: ['refresh'], since: { instance: 'one', seq: 9 } },
      { topics: ['refresh'], since: { instance: 'one', seq: 12 } },
      { topics: ['refresh'], since: { instance: 'two', seq: 1 } },
    ])
    expect(heard).toEqual([
      ['snapshot', { instance: 'one', seq: 5 }],
      ['event', { instance: 'one', seq: 6 }],
      ['event', { instance: 'one', seq: 9 }],
      ['gap', { instance: 'one', seq: 12 }],
      ['snapshot', { instance: 'two', seq: 1 }],
    ])
    expect(losses).toHaveLength(4)
    expect(error).toBe(fatal)
    expect(open).toBe(0)
  })

  it('begins where it is told to', async () => {
    const since = { instance: 'one', seq: 3 }
    const { asked } = await follow([() => Promise.reject(fatal)], { since })
    expect(asked).toEqual([{ since }])
  })

  it('asks again for what a broken gap did not explain', async () => {
    const { asked } = await follow([
      (tell) => {
        tell(snapshot('one', 1))
        tell({ method: 'events.gap', params: { from: 2, to: 9, reason: 'too_old' } })
        throw lost
      },
      () => Promise.reject(fatal),
    ])
    expect(asked.at(-1)).toEqual({ since: { instance: 'one', seq: 1 } })
  })

  it('waits longer each time, a second at most, until something comes through', async () => {
    const down: Script = () => Promise.reject(lost)
    const up: Script = (tell) => {
      tell(snapshot('one', 1))
      throw lost
    }
    const { pauses } = await follow([down, down, down, down, down, down, up, down])
    expect(pauses).toEqual([100, 200, 400, 800, 1_000, 1_000, 100, 200])
  })

  it('says that the daemon is too old', async () => {
    const unknown: Script = () =>
      Promise.reject(new SmdError('rpc.unknown_method', { method: 'events.subscribe' }))
    const { error, open } = await follow([unknown])
    expect(error).toMatchObject({ slug: 'events.unsupported' })
    expect(open).toBe(0)
  })

  it('says when the daemon would not wait for it any longer, and goes on', async () => {
    const { losses, asked } = await follow([
      (tell) => {
        tell(snapshot('one', 1))
        tell({ method: 'daemon.closing', params: { reason: 'too_slow' } })
        throw lost
      },
      () => Promise.reject(fatal),
    ])
    expect(losses).toEqual([
      'The daemon is not running: it ended the connection, because events were not taken.',
    ])
    expect(asked).toHaveLength(2)
  })

  it('passes on what is no matter of time, such as a bug of its listener', async () => {
    const broken = new Error('broken')
    const { error } = await follow([() => Promise.reject(broken)])
    expect(error).toBe(broken)
  })

  it('ends in peace when it is told to', async () => {
    const end = new AbortController()
    const { error, pauses } = await follow(
      [
        (tell) => {
          tell(snapshot('one', 1))
          end.abort()
          throw new SmdError('request.cancelled')
        },
      ],
      { signal: end.signal },
    )
    expect(error).toBeNull()
    expect(pauses).toEqual([])
  })
})
