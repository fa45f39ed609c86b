import { artifactStates } from '../../../../protocol/artifact-states.ts'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { type QueryResult, useQuery } from '../../lib/use-query.ts'

/** An artifact as it stands to its source. */
export type UpdateRow = ResultOf<'artifacts.outdated'>['items'][number]

/** How many artifacts of one name are looked through for the one that is meant. */
const MOST = 10_000

/** One artifact as it stands to its source, by id and name; null when it is not there any more. */
export function useUpdateRow(
  id: string,
  name: string,
): Omit<QueryResult<unknown>, 'data'> & { row: UpdateRow | null | undefined } {
  const { data, ...rest } = useQuery(
    'artifacts.outdated',
    { names: [name], states: [...artifactStates], limit: MOST },
    { stored: false },
  )
  return { ...rest, row: data && (data.items.find((item) => item.id === id) ?? null) }
}
