import { type ArtifactState, artifactStates } from '../../../../protocol/artifact-states.ts'
import type { UpdateRow } from '../../components/update-available-dialog/update-row.ts'

/** Which states each choice of the toolbar asks for. */
export const choices = {
  '': { name: 'Update available', states: ['outdated', 'diverged'] },
  diverged: { name: 'Diverged', states: ['diverged'] },
  modified: { name: 'Modified', states: ['modified'] },
  unknown: { name: 'Unknown', states: ['unknown'] },
  current: { name: 'Current', states: ['current'] },
  all: { name: 'All', states: [...artifactStates] },
} as const satisfies Record<string, { name: string; states: readonly ArtifactState[] }>
export type StateChoice = keyof typeof choices

/** The choice in an address; what is none of them counts as the first. */
export const choiceOf = (text: string): StateChoice =>
  Object.hasOwn(choices, text) ? (text as StateChoice) : ''

/** What is urgent comes first. */
const urgency: Record<ArtifactState, number> = {
  diverged: 0,
  outdated: 1,
  modified: 2,
  unknown: 3,
  untracked: 4,
  current: 5,
}

export const projectName = ({ project, scope }: Pick<UpdateRow, 'project' | 'scope'>): string =>
  project?.name ?? scope

/** Columns by which updates are sorted, with what is compared. */
const keys: Record<string, (row: UpdateRow) => string | number> = {
  name: ({ name }) => name.toLowerCase(),
  type: ({ type }) => type,
  project: (row) => projectName(row).toLowerCase(),
  state: ({ state }) => urgency[state],
  checked: ({ checkedAt }) => checkedAt ?? 0,
}

export type UpdateChoice = { text: string; type: string; project: string; sort: string; descending: boolean }

/** The rows that are chosen, in order; equal ones stay as they come, by name. */
export function chooseUpdates(
  rows: readonly UpdateRow[],
  { text, type, project, sort, descending }: UpdateChoice,
): UpdateRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const chosen = rows.filter((row) => {
    if (type !== '' && row.type !== type) return false
    if (project !== '' && row.project?.id !== project) return false
    const all = `${row.name}\n${projectName(row)}\n${row.source ?? ''}\n${row.path}`.toLowerCase()
    return words.every((word) => all.includes(word))
  })
  const key = keys[sort]
  if (!key) return chosen
  const sign = descending ? -1 : 1
  return chosen
    .map((row) => ({ row, value: key(row) }))
    .sort((a, b) => (a.value < b.value ? -sign : a.value > b.value ? sign : 0))
    .map(({ row }) => row)
}
