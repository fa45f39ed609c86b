import { describe, expect, it } from 'vitest'
import { type GithubTree, TreeMemo } from '../../../../../daemon/domains/upstream/providers/tree-memo.ts'

const entry = { mode: '100644', id: 'a'.repeat(40) }
const treeOf = (entries: number, etag: string | null = '"1"'): GithubTree => ({
  id: 'a'.repeat(40),
  truncated: false,
  listing: new Map(Array.from({ length: entries }, (_, i) => [String(i), entry])),
  etag,
})

/** A memo, and how often it had to ask. */
function memoOf() {
  const clock = { at: 0 }
  const memo = new TreeMemo(() => clock.at)
  const state = { loads: 0 }
  const get = (url: string, etag: string | null, result: GithubTree | 'unchanged' | Error) =>
    memo.get(url, etag, async () => {
      state.loads++
      if (result instanceof Error) throw result
      return result
    })
  return { clock, state, get }
}

describe('TreeMemo', () => {
  it('serves those who have nothing, and tells those who have it that it is the same', async () => {
    const { get, state } = memoOf()
    const tree = treeOf(1)
    expect(await get('a', null, tree)).toBe(tree)
    expect(await get('a', null, treeOf(2))).toBe(tree)
    expect(await get('a', '"0"', treeOf(2))).toBe(tree)
    expect(await get('a', '"1"', treeOf(2))).toBe('unchanged')
    expect(state.loads).toBe(1)
  })

  it('asks anew for one who needs what nobody had to send', async () => {
    const { get, state } = memoOf()
    expect(await get('a', '"1"', 'unchanged')).toBe('unchanged')
    expect(await get('a', '"1"', treeOf(1))).toBe('unchanged')
    const tree = treeOf(1)
    expect(await get('a', null, tree)).toBe(tree)
    expect(state.loads).toBe(2)
  })

  it('takes no failure for an answer', async () => {
    const { get } = memoOf()
    await expect(get('a', null, new Error('no'))).rejects.toThrow('no')
    expect(await get('a', null, treeOf(1))).toMatchObject({ etag: '"1"' })
  })

  it('knows nothing after a minute', async () => {
    const { get, state, clock } = memoOf()
    await get('a', null, treeOf(1))
    clock.at = 59_999
    await get('a', null, treeOf(1))
    expect(state.loads).toBe(1)
    clock.at = 60_000
    await get('a', null, treeOf(1))
    expect(state.loads).toBe(2)
  })

  it('forgets the oldest when there is too much', async () => {
    const { get, state } = memoOf()
    for (const url of ['a', 'b', 'c']) await get(url, null, treeOf(40_000))
    await get('c', null, treeOf(1))
    await get('b', null, treeOf(1))
    expect(state.loads).toBe(3)
    await get('a', null, treeOf(1))
    expect(state.loads).toBe(4)
    for (let i = 0; i < 64; i++) await get(`more-${i}`, null, treeOf(1))
    await get('more-0', null, treeOf(1))
    expect(state.loads).toBe(68)
    await get('a', null, treeOf(1))
    expect(state.loads).toBe(69)
  })
})
