import { describe, expect, it } from 'vitest'
import { listCommand } from '../../../client-cli/commands/list.ts'
import { runWithFakeClient } from '../../support/fake-client.ts'

const nothing = { items: [], total: 0, nextCursor: null }
const status = { projects: 1, artifacts: 0 } as never

describe('smd list', () => {
  it('shows how far the daemon is when the answer has to wait for the disk', async () => {
    const filled = Promise.withResolvers<void>()
    const run = runWithFakeClient(
      listCommand,
      {},
      {
        'artifacts.list': () => filled.promise.then(() => nothing),
        'events.subscribe': () => {
          const data = { startedAt: 0, unitsDone: 12, unitsTotal: 24, artifacts: 0 }
          run.notify({ method: 'events.event', params: { seq: 1, at: 0, topic: 'refresh.progress', data } })
          filled.resolve()
          return new Promise(() => undefined)
        },
        'cache.status': status,
      },
      { tty: true },
    )
    expect(await run.done).toBe(0)
    expect(run.terminal.stderr()).toBe(
      '\r\u001b[KReading projects ████████████░░░░░░░░░░░░ 12/24\r\u001b[KThe known projects hold no artifacts.\n',
    )
  })

  it('asks for nothing more when the answer comes at once', async () => {
    const { calls, done } = runWithFakeClient(
      listCommand,
      {},
      { 'artifacts.list': nothing, 'cache.status': status },
      { tty: true },
    )
    await done
    expect(calls.map(([method]) => method)).toEqual(['artifacts.list', 'cache.status'])
  })
})
