/**
 * What the addresses of the page mean, and what each view asks first. The page asks by it, and the daemon sends the
 * answers along with the page, so that its first rows wait for no request.
 */
import { artifactStates } from './artifact-states.ts'
import type { MethodName, ParamsOf } from './methods.ts'
import { artifactScopes, artifactTypes } from './vocabulary.ts'

/** The query of the address of a list of artifacts, with what is left out. */
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

/** Which artifacts, in which order. */
export type TableParams = Omit<ParamsOf<'artifacts.table'>, 'limit' | 'offset' | 'cursor'>
export type FilterParams = ParamsOf<'artifacts.facets'>

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

/** Rows of artifacts that are asked for at once. */
export const BLOCK = 200

/** How block `number` of a list of artifacts is asked for. */
export const blockOf = (table: TableParams, number: number): ParamsOf<'artifacts.table'> => ({
  ...table,
  offset: number * BLOCK,
  limit: BLOCK,
})

/** How many projects come first, so that something is on the screen before everything is here. */
export const FIRST_PROJECTS = 50

/** A call of any method. */
export type FirstCall = { method: MethodName; params: object }

const call = <Name extends MethodName>(method: Name, params: ParamsOf<Name>): FirstCall => ({
  method,
  params,
})

/** What the bar and the navigation show. */
const around = [call('cache.status', {}), call('daemon.status', {})]

/** What the page asks before it is drawn for the first time; `address` is below the base and begins with a slash. */
export function firstCalls(address: string, query: URLSearchParams): readonly FirstCall[] {
  const path = address.replace(/\/$/, '')
  if (path === '/projects') return [call('projects.list', { limit: FIRST_PROJECTS }), ...around]
  if (path === '/artifacts')
    return [call('artifacts.table', blockOf(tableOf(artifactAddress(query)), 0)), ...around]
  return around
}

/** The address of a list of artifacts from its query. */
export function artifactAddress(query: URLSearchParams): ArtifactAddress {
  const pairs = Object.entries(noFilter).map(([name, value]) => [name, query.get(name) ?? value])
  return Object.fromEntries(pairs) as ArtifactAddress
}
