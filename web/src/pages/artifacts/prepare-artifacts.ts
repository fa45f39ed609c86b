import { artifactAddress, tableOf } from '../../../../protocol/page-addresses.ts'
import { queries } from '../../lib/use-query.ts'
import { blockQuery } from './artifact-rows.ts'

/** Asks for the first rows that the address wants, ahead of the view that shows them. */
export function prepareArtifacts(): Promise<void> {
  const address = artifactAddress(new URLSearchParams(window.location.search))
  return queries.prepare(blockQuery(tableOf(address), 0))
}
