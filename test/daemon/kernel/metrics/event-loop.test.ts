import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { EventLoopDelay } from '../../../../daemon/kernel/metrics/event-loop.ts'

const none = { p50: 0, p99: 0 }

/** Holds up the event loop; longer than the time between two looks, so that one is due after it. */
async function stall(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    for (const start = performance.now(); performance.now() - start < 60; );
    await nextTurn()
  }
}

describe('EventLoopDelay (P2)', () => {
  let delay: EventLoopDelay
  afterEach(() => {
    delay.stop()
    vi.useRealTimers()
  })

  it('tells of a stall while there is work, once', async () => {
    delay = new EventLoopDelay()
    delay.touch()
    await nextTurn()
    await stall(4)
    expect(delay.read().p99).toBeGreaterThan(0.02)
    expect(delay.read()).toEqual(none)
  })

  it('does not look before there is work, and no longer than that', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    delay = new EventLoopDelay()
    await stall(2)
    expect(delay.read()).toEqual(none)
    delay.touch()
    await nextTurn()
    vi.advanceTimersByTime(10_000)
    delay.touch()
    vi.advanceTimersByTime(10_000)
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(10_000)
    expect(vi.getTimerCount()).toBe(0)
    delay.read()
    await stall(4)
    expect(delay.read()).toEqual(none)
  })

  it('counts no pause as a delay', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    delay = new EventLoopDelay()
    delay.touch()
    await nextTurn()
    await stall(2)
    vi.advanceTimersByTime(20_000)
    for (const start = performance.now(); performance.now() - start < 3_000; ) await nextTurn()
    delay.touch()
    await nextTurn()
    await stall(3)
    expect(delay.read().p99).toBeLessThan(2)
  })
})
