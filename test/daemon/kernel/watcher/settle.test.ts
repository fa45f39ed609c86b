import { describe, expect, it } from 'vitest'
import { Settler } from '../../../../daemon/kernel/watcher/settle.ts'
import { fakeClock } from '../../../support/fake-clock.ts'

function settling({ quiet = 20, most = 2_000, held = new Set<string>() } = {}) {
  const clock = fakeClock()
  const settled: Array<[at: number, keys: string[]]> = []
  const settler = new Settler<string>({
    clock,
    times: () => ({ quiet, most }),
    isHeld: (key) => held.has(key),
    settled: (keys) => settled.push([clock.now(), keys]),
  })
  return { clock, settled, settler }
}

describe('settling', () => {
  it('joins a burst until it is quiet (CACHE-2.3c)', () => {
    const { clock, settled, settler } = settling()
    for (let i = 0; i < 10; i++) {
      settler.note('a')
      clock.pass(19)
    }
    expect(settled).toEqual([])
    clock.pass(1)
    expect(settled).toEqual([[191, ['a']]])
  })

  it('waits no longer than the cap after the first event (CACHE-2.3c)', () => {
    const { clock, settled, settler } = settling({ most: 100 })
    for (let i = 0; i < 50; i++) {
      settler.note('a')
      clock.pass(10)
    }
    expect(settled.map(([at]) => at)).toEqual([100, 200, 300, 400, 500])
  })

  it('keeps each key apart, and hands over together what falls due together', () => {
    const { clock, settled, settler } = settling()
    settler.note('a')
    settler.note('b')
    clock.pass(10)
    settler.note('b')
    settler.note('c')
    clock.pass(100)
    expect(settled).toEqual([
      [20, ['a']],
      [30, ['b', 'c']],
    ])
  })

  it('goes on waiting while it is held, within the cap', () => {
    const held = new Set(['a', 'b'])
    const { clock, settled, settler } = settling({ most: 200, held })
    settler.note('a')
    settler.note('b')
    clock.pass(90)
    held.delete('a')
    clock.pass(300)
    expect(settled.map(([, keys]) => keys)).toEqual([['a'], ['b']])
    expect(settled.map(([at]) => at)).toEqual([100, 200])
  })

  it('hands everything over at once when it is asked to, and leaves no timer', () => {
    const { clock, settled, settler } = settling()
    settler.note('a')
    settler.note('b')
    settler.drop('b')
    settler.flush()
    expect(settled).toEqual([[0, ['a']]])
    expect(clock.waiting).toBe(0)
    clock.pass(1_000)
    expect(settled).toHaveLength(1)
    settler.note('a')
    settler.close()
    expect([clock.waiting, settler.waiting]).toEqual([0, 0])
  })

  it('has one timer for thousands of keys', () => {
    const { clock, settled, settler } = settling()
    for (let i = 0; i < 5_000; i++) settler.note(String(i))
    expect(clock.waiting).toBe(1)
    clock.pass(20)
    expect(settled[0]?.[1]).toHaveLength(5_000)
  })
})
