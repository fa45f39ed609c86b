import { useState } from 'preact/hooks'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { call } from '../../connection.ts'
import { type QueryResult, useAnyQuery } from '../../lib/use-query.ts'

type Page = ResultOf<'snapshots.list'>
export type Snapshot = Page['items'][number]

/** As many as one call brings. */
const STEP = 100

/** Snapshots of a collection, newest first, as many as were asked for; empty for the active collection. */
export function useSnapshots(name: string): QueryResult<Page> & { showMore(): void } {
  const [wanted, setWanted] = useState(STEP)
  const result = useAnyQuery<Page>({
    key: `snapshots.list ${name} ${wanted}`,
    freshMs: 30_000,
    stored: wanted === STEP,
    async load(signal) {
      const params = { limit: STEP, ...(name !== '' && { collection: name }) }
      let page = await call('snapshots.list', params, signal)
      let { items } = page
      while (page.nextCursor !== null && items.length < wanted) {
        page = await call('snapshots.list', { ...params, cursor: page.nextCursor }, signal)
        items = items.concat(page.items)
      }
      return { ...page, items }
    },
  })
  return { ...result, showMore: () => setWanted(wanted + STEP) }
}
