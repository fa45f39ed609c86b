import type { ResultOf } from '../../../../protocol/methods.ts'
import { call } from '../../connection.ts'
import { useAnyQuery } from '../../lib/use-query.ts'

/** The groups of a collection in their order, with their members; undefined before the first answer, or without one. */
export function useGroups(collection: string): ResultOf<'groups.show'>[] | undefined {
  const { data } = useAnyQuery<ResultOf<'groups.show'>[]>({
    key: `groups.list ${collection} with members`,
    freshMs: 30_000,
    stored: true,
    async load(signal) {
      const { items } = await call('groups.list', { collection }, signal)
      return Promise.all(items.map(({ name }) => call('groups.show', { collection, name }, signal)))
    },
  })
  return data
}
