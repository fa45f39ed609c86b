/** What was done, as a stream over HTTP. */
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { waitsFor } from '../../../../daemon/domains/web/waits.ts'
import { fakeTimers } from '../../../support/fake-timers.ts'
import { type RestLab, useRestLab } from '../../../support/rest-lab.ts'
import { openEvents, type SseClient } from '../../../support/sse-client.ts'

const start = useRestLab()
const PATH = '/api/v1/analytics/stream'

async function follow(lab: RestLab, query = ''): Promise<SseClient> {
  const client = await openEvents(lab.port, `${PATH}${query}`, { authorization: `Bearer ${lab.tokens.read}` })
  onTestFinished(() => client.close())
  return client
}

describe('GET /api/v1/analytics/stream', () => {
  it('tells the summary at once, and again when its time has passed', async () => {
    const fake = fakeTimers()
    const lab = await start({
      prepare({ around }) {
        around.timers = fake.timers
      },
    })
    const client = await follow(lab, '?interval_seconds=1234')
    expect(client.response.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    await client.until(1)
    const { body } = await lab.json('/api/v1/analytics/summary')
    expect(client.events).toEqual([{ id: '', event: 'summary', data: body }])
    await lab.daemon.call('collections.create', { name: 'another' })
    while (!fake.dueIn.includes(1_234_000)) await new Promise((resolve) => setImmediate(resolve))
    fake.advance(1_233_999)
    expect(client.events).toHaveLength(1)
    fake.advance(1)
    await client.until(2)
    expect(client.events[1]).toMatchObject({
      event: 'summary',
      data: { total_collections: body.total_collections + 1 },
    })
  })

  it('ends with the token it was opened with, and forgets a client that has gone', async () => {
    const lab = await start({ prepare: () => undefined })
    const { followers } = lab.daemon.ctx.events
    const gone = await follow(lab)
    const client = await follow(lab)
    await Promise.all([gone.until(1), client.until(1)])
    while (followers.size < 2) await new Promise((resolve) => setImmediate(resolve))
    gone.close()
    while (followers.size > 1) await new Promise((resolve) => setImmediate(resolve))
    await lab.daemon.call('tokens.revoke', { token: 'read' })
    await client.ended
    while (followers.size > 0) await new Promise((resolve) => setImmediate(resolve))
    expect(client.events.map(({ event }) => event)).toEqual(['summary'])
    expect(lab.daemon.log.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([])
  })

  it('says that the daemon ends', async () => {
    const lab = await start({ prepare: () => undefined })
    const client = await follow(lab)
    await client.until(1)
    while (lab.daemon.ctx.events.followers.size === 0) await new Promise((resolve) => setImmediate(resolve))
    lab.daemon.refuseToGoOn()
    await client.ended
    expect(client.events.map(({ event }) => event)).toEqual(['summary', 'closing'])
  })

  it('refuses an interval that is none, and whoever is not let in', async () => {
    const lab = await start({ prepare: () => undefined })
    for (const interval of ['0', 'x', '3601', '1.5'])
      expect(await lab.json(`${PATH}?interval_seconds=${interval}`), interval).toMatchObject({
        status: 422,
        body: { validation_errors: [{ field: 'query.interval_seconds' }] },
      })
    expect(await lab.json(PATH, null)).toMatchObject({ status: 401 })
  })
})

describe('waitsFor', () => {
  it('listens to the end once, however often it waits for it', async () => {
    const { timers, advance } = fakeTimers()
    const { promise, resolve } = Promise.withResolvers<void>()
    const listen = vi.spyOn(promise, 'then')
    const isOverWithin = waitsFor(promise, timers)
    for (let round = 0; round < 100; round++) {
      const isOver = isOverWithin(1_000)
      advance(1_000)
      expect(await isOver).toBe(false)
    }
    const last = isOverWithin(1_000)
    resolve()
    expect(await last).toBe(true)
    expect(await isOverWithin(1_000)).toBe(true)
    expect(listen).toHaveBeenCalledTimes(1)
  })

  it('is over when what it waits for has failed, and leaves no timer', async () => {
    const fake = fakeTimers()
    const isOverWithin = waitsFor(Promise.reject(new Error('of this test')), fake.timers)
    expect(await isOverWithin(1_000)).toBe(true)
    expect(fake.pending).toBe(0)
  })
})
