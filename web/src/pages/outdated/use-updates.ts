import type { ArtifactState } from '../../../../protocol/artifact-states.ts'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { type QueryResult, useQuery } from '../../lib/use-query.ts'

/** So many rows are asked for; beyond them the table says how many there are. */
const MOST = 10_000

/** Everything that is in one of these states, with the counts of all of them. */
export function useUpdates(states: readonly ArtifactState[]): QueryResult<ResultOf<'artifacts.outdated'>> {
  return useQuery('artifacts.outdated', { states: [...states], limit: MOST })
}
