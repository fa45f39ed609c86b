/** What the address of the list says, as parameters of its calls and as words. */
import { artifactStates } from '../../../../protocol/artifact-states.ts'
import type { ParamsOf } from '../../../../protocol/methods.ts'
import { artifactScopes, artifactTypes } from '../../../../protocol/vocabulary.ts'
import type { TableParams } from './artifact-rows.ts'

export const noFilter = {
  q: '',
  type: '',
  scope: '',
  state: '',
  host: '',
  problems: '',
  project: '',
  sort: '',
  desc: '',
}
export type ArtifactAddress = typeof noFilter
export type FilterParams = ParamsOf<'artifacts.facets'>

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

const sortable = ['name', 'type', 'project', 'state', 'updated', 'size', 'tokens'] as const

/** The filter of an address. Words that mean nothing are left out: an address may be old, or typed. */
export function filterOf(address: ArtifactAddress): FilterParams {
  const query = address.q.trim().slice(0, 500)
  const type = artifactTypes.find((name) => name === address.type)
  const scope = artifactScopes.find((name) => name === address.scope)
  const state = artifactStates.find((name) => name === address.state)
  return {
    ...(query !== '' && { query }),
    ...(type && { type }),
    ...(scope && { scope }),
    ...(state && { state }),
    ...(address.host !== '' && { host: address.host.slice(0, 100) }),
    ...(address.problems !== '' && { problems: true }),
    ...(address.project !== '' && { project: address.project }),
  }
}

/** The filter and the order of an address. */
export function tableOf(address: ArtifactAddress): TableParams {
  const sort = sortable.find((name) => name === address.sort)
  return {
    ...filterOf(address),
    ...(sort && { sort }),
    ...(sort && address.desc !== '' && { descending: true }),
  }
}
