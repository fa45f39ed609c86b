/** Parts of the filter as the list offers them. */
import type { ArtifactAddress } from '../../../../protocol/page-addresses.ts'

/** Parts of the filter that are chosen from a list. */
export type FacetName = 'type' | 'scope' | 'state' | 'host'

/** What takes the filter back and leaves the order. */
export const unfiltered: Partial<ArtifactAddress> = {
  q: '',
  type: '',
  scope: '',
  state: '',
  host: '',
  problems: '',
  project: '',
}
