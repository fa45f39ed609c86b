import { queries } from '../../lib/use-query.ts'
import { type ArtifactAddress, noFilter, tableOf } from './artifact-filter.ts'
import { blockQuery } from './artifact-rows.ts'

/** Asks for the first rows that the address wants, ahead of the view that shows them. */
export function prepareArtifacts(): Promise<void> {
  const given = new URLSearchParams(window.location.search)
  const pairs = Object.entries(noFilter).map(([name, value]) => [name, given.get(name) ?? value])
  return queries.prepare(blockQuery(tableOf(Object.fromEntries(pairs) as ArtifactAddress), 0))
}
