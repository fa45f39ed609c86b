/** Rows asked for at once when everything is wanted. */
const PAGE = 2_000

type Page<Item> = { items: Item[]; total: number; nextCursor: string | null }

/** Fetches pages until there are `limit` items, or all. The first page stands for what is not an item. */
export async function fetchPages<Item, Answer extends Page<Item>>(
  fetchPage: (page: { limit: number; cursor?: string }) => Promise<Answer>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Omit<Answer, 'nextCursor'>> {
  const { nextCursor, ...first } = await fetchPage({ limit: Math.min(limit, PAGE) })
  let cursor = nextCursor
  while (cursor !== null && first.items.length < limit) {
    const next = await fetchPage({ limit: Math.min(limit - first.items.length, PAGE), cursor })
    first.items.push(...next.items)
    cursor = next.nextCursor
  }
  return first
}
