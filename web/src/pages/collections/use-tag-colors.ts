import { useMemo } from 'preact/hooks'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { useQuery } from '../../lib/use-query.ts'

export type Tag = ResultOf<'tags.list'>['items'][number]

/** `#rrggbb` of the tags that have a colour, by their names in small letters. */
export type TagColors = ReadonlyMap<string, string>

export function useTagColors(): TagColors {
  const { data } = useQuery('tags.list', {})
  return useMemo(
    () =>
      new Map(
        data?.items.flatMap(({ name, color }) =>
          color === null ? [] : [[name.toLowerCase(), color] as const],
        ),
      ),
    [data],
  )
}
