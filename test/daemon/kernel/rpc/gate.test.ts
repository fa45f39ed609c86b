import { describe, expect, it } from 'vitest'
import type { Dispatcher } from '../../../../daemon/kernel/rpc/dispatch.ts'
import { createGate, SELF } from '../../../../daemon/kernel/rpc/gate.ts'
import { localCaller } from '../../../../daemon/kernel/rpc/request.ts'

const caller = (name = 'socket#1') => localCaller(name)
const call = (id: number | undefined, method = 'x') => ({
  jsonrpc: '2.0',
  ...(id !== undefined && { id }),
  method,
})

/** A gate before a dispatcher that answers when the test says so. */
function gated() {
  const clock = { now: 1_000 }
  const answers: Array<() => void> = []
  const dispatcher = {
    answer: () => new Promise((resolve) => answers.push(() => resolve(null))),
  } as unknown as Dispatcher
  return { gate: createGate(dispatcher, () => clock.now), clock, answerNext: () => answers.shift()?.() }
}

describe('createGate', () => {
  it('counts who is inside, and says when the last one is out', async () => {
    const { gate, answerNext } = gated()
    await gate.emptied()
    const first = gate.answer(call(1), caller())
    const second = gate.answer(call(2), caller())
    expect(gate.busy).toBe(2)
    let empty = false
    const emptied = gate.emptied().then(() => {
      empty = true
    })
    answerNext()
    await first
    expect([gate.busy, empty]).toEqual([1, false])
    answerNext()
    await Promise.all([second, emptied])
    expect(gate.busy).toBe(0)
  })

  it('refuses everything once it is closed, and lets those inside finish (L7)', async () => {
    const { gate, answerNext } = gated()
    const inside = gate.answer(call(1), caller())
    gate.close()
    const refused = { id: 7, error: { code: 904, data: { slug: 'daemon.stopping' } } }
    expect(await gate.answer(call(7), caller())).toMatchObject(refused)
    expect(await gate.answer(call(7, 'daemon.hello'), caller())).toMatchObject(refused)
    expect(await gate.answer([call(7), call(undefined)], caller())).toMatchObject([refused])
    expect(await gate.answer(call(undefined), caller())).toBeNull()
    await expect(gate.callAs(caller(), 'cache.status', {})).rejects.toMatchObject({ slug: 'daemon.stopping' })
    expect(await gate.answer([call(undefined)], caller())).toBeNull()
    expect(await gate.answer('nonsense', caller())).toMatchObject({ id: null, error: { code: 904 } })
    answerNext()
    expect(await inside).toBeNull()
  })

  it('knows when it was used last, not counting its own look at itself (L11)', async () => {
    const { gate, clock, answerNext } = gated()
    const answered = async (name: string): Promise<void> => {
      const answer = gate.answer(call(1), caller(name))
      clock.now += 500
      answerNext()
      await answer
    }
    expect(gate.lastUsedAt).toBe(1_000)
    await answered('socket#1 smd-cli/1')
    expect(gate.lastUsedAt).toBe(1_500)
    await answered(`socket#2 ${SELF}`)
    expect(gate.lastUsedAt).toBe(1_500)
  })
})
