/** What the address of the table says, and which deployments that leaves in which order. */
import { type DeploymentState, deploymentStates } from '../../../../protocol/artifact-states.ts'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { stateWords, type Tone } from '../../lib/words.ts'

export type Deployment = ResultOf<'deployments.list'>['items'][number]

export const noDeploymentFilter = {
  tab: '',
  q: '',
  state: '',
  project: '',
  collection: '',
  agent: '',
  /** `type:name`. */
  artifact: '',
  sort: '',
  desc: '',
}
export type DeploymentAddress = typeof noDeploymentFilter

type Word = { name: string; tone: Tone; meaning: string }

/** How what was deployed stands to its collection, where an artifact stands to its source otherwise. */
export const deploymentWords: Record<DeploymentState, Word> = {
  ...stateWords,
  current: { name: 'Synced', tone: 'ok', meaning: 'Both hold the same.' },
  outdated: { name: 'Outdated', tone: 'attention', meaning: 'The collection has a newer one.' },
  modified: { name: 'Modified', tone: 'changed', meaning: 'It was edited in the project.' },
  diverged: { name: 'Conflict', tone: 'danger', meaning: 'Both were changed.' },
  missing: { name: 'Missing', tone: 'danger', meaning: 'Nothing is there any more.' },
}

/** The state in an address; undefined for what is none. */
export const stateOf = (text: string): DeploymentState | undefined =>
  deploymentStates.find((state) => state === text)

/** Names one deployment. */
export const keyOf = ({ path, collection, profile, type, name }: Deployment): string =>
  JSON.stringify([path, collection, profile, type, name])

export const projectNameOf = ({ project }: Deployment): string => project?.name ?? 'Your home folder'

const urgency = ['diverged', 'missing', 'outdated', 'modified', 'unknown', 'untracked', 'current']

const keys: Record<string, (row: Deployment) => string | number> = {
  name: ({ name }) => name.toLowerCase(),
  type: ({ type }) => type,
  project: (row) => projectNameOf(row).toLowerCase(),
  collection: ({ collection }) => collection ?? '',
  agent: ({ profile }) => profile ?? '',
  state: ({ state }) => urgency.indexOf(state),
  deployed: ({ deployedAt }) => deployedAt ?? '',
}

/** The rows that are chosen, in order; what needs somebody's eye first when the address names none. */
export function chooseDeployments(
  rows: readonly Deployment[],
  { q, project, collection, agent, artifact, sort, desc }: DeploymentAddress,
): Deployment[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  const key = keys[sort] ?? keys.state
  const sign = desc === '' ? 1 : -1
  return rows
    .filter((row) => {
      if (project !== '' && (row.project?.id ?? 'user') !== project) return false
      if (collection !== '' && row.collection !== collection) return false
      if (agent !== '' && row.profile !== agent) return false
      if (artifact !== '' && `${row.type}:${row.name}` !== artifact) return false
      const all =
        `${row.name}\n${row.type}\n${projectNameOf(row)}\n${row.collection ?? ''}\n${row.path}`.toLowerCase()
      return words.every((word) => all.includes(word))
    })
    .map((row) => ({ row, value: key?.(row) ?? '' }))
    .sort((a, b) => (a.value < b.value ? -sign : a.value > b.value ? sign : 0))
    .map(({ row }) => row)
}

/** Values that occur with what they are called, by name. */
export function valuesOf(
  rows: readonly Deployment[],
  read: (row: Deployment) => readonly [id: string, name: string] | null,
): Array<readonly [id: string, name: string]> {
  const found = new Map<string, string>()
  for (const row of rows) {
    const value = read(row)
    if (value) found.set(...(value as [string, string]))
  }
  return [...found].sort((a, b) => a[1].localeCompare(b[1]))
}

/** Deployments that one call can change: of one collection, in one place, for one agent. */
export type Batch = {
  collection: string
  profile: string
  /** Null: below the home folder. */
  project: Deployment['project']
  artifacts: Array<{ name: string; type: string }>
}

/** What no record names is of no collection, so nothing is done with it. */
export function batchesOf(rows: readonly Deployment[]): Batch[] {
  const batches = new Map<string, Batch>()
  for (const { collection, profile, project, name, type } of rows) {
    if (collection === null || profile === null) continue
    const key = JSON.stringify([collection, profile, project?.id])
    const batch = batches.get(key) ?? { collection, profile, project, artifacts: [] }
    batch.artifacts.push({ name, type })
    batches.set(key, batch)
  }
  return [...batches.values()]
}
