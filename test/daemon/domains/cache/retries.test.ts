import { describe, expect, it } from 'vitest'
import { Retries } from '../../../../daemon/domains/cache/retries.ts'
import { fakeTimers } from '../../../support/fake-timers.ts'

function retries(random = 0.5) {
  const clock = fakeTimers()
  const read: number[] = []
  return {
    clock,
    read,
    retries: new Retries(
      (id) => read.push(id),
      clock.timers,
      () => random,
    ),
  }
}

describe('retries (CACHE-2.2d)', () => {
  it('wait 5, then 10 seconds, and leave it at three attempts', () => {
    const { clock, read, retries: it } = retries()
    expect(it.failed(7)).toBe(5_000)
    expect(clock.dueIn).toEqual([5_000])
    clock.advance(5_000)
    expect(read).toEqual([7])
    expect(it.failed(7)).toBe(10_000)
    clock.advance(10_000)
    expect(it.failed(7)).toBeNull()
    expect(clock.dueIn).toEqual([])
    expect(it.failed(7)).toBe(5_000)
  })

  it('spread by a fifth, so that units that failed together do not come back together', () => {
    expect(retries(0).retries.failed(1)).toBe(4_000)
    expect(retries(1).retries.failed(1)).toBe(6_000)
  })

  it('count each unit by itself, and forget what was read', () => {
    const { clock, retries: it } = retries()
    it.failed(1)
    it.failed(2)
    it.succeeded(1)
    expect(clock.dueIn).toEqual([5_000])
    expect(it.failed(1)).toBe(5_000)
    expect(it.failed(2)).toBe(10_000)
    it.close()
    expect(clock.dueIn).toEqual([])
    expect(it.failed(2)).toBe(5_000)
  })
})
