import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fetchPages } from '../../client-cli/pages.ts'

/** Pages of the numbers below `total`, at most `most` at once. */
function server(total: number, most: number) {
  const asked: number[] = []
  const fetchPage = async ({ limit, cursor }: { limit: number; cursor?: string }) => {
    asked.push(limit)
    const start = Number(cursor ?? 0)
    const end = Math.min(total, start + Math.min(limit, most))
    const items = Array.from({ length: end - start }, (_, i) => start + i)
    return { items, total, nextCursor: end < total ? String(end) : null, variants: 2 }
  }
  return { asked, fetchPage }
}

describe('fetchPages', () => {
  it('fetches all, or as many as wanted, whatever the size of a page', async () => {
    const sizes = fc.tuple(
      fc.nat(50),
      fc.integer({ min: 1, max: 20 }),
      fc.option(fc.integer({ min: 1, max: 60 })),
    )
    await fc.assert(
      fc.asyncProperty(sizes, async ([total, most, limit]) => {
        const { fetchPage } = server(total, most)
        const found = await fetchPages<number, Awaited<ReturnType<typeof fetchPage>>>(
          fetchPage,
          limit ?? undefined,
        )
        const expected = Array.from({ length: Math.min(total, limit ?? total) }, (_, i) => i)
        expect(found).toEqual({ items: expected, total, variants: 2 })
      }),
    )
  })

  it('asks for no more than is wanted', async () => {
    const { asked, fetchPage } = server(5_000, 2_000)
    await fetchPages<number, Awaited<ReturnType<typeof fetchPage>>>(fetchPage, 2_500)
    expect(asked).toEqual([2_000, 500])
  })
})
