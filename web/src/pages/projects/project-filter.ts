import type { ProjectRow } from '../../lib/use-project-cache.ts'

/** Which projects the list shows. */
export const attentions = ['', 'outdated', 'modified', 'problems', 'stale', 'failed'] as const
export type Attention = (typeof attentions)[number]

const wanted: Record<Exclude<Attention, ''>, (project: ProjectRow) => boolean> = {
  outdated: ({ outdatedCount }) => outdatedCount > 0,
  modified: ({ modifiedCount }) => modifiedCount > 0,
  problems: ({ problemCount }) => problemCount > 0,
  stale: ({ status }) => status === 'stale',
  failed: ({ status }) => status === 'error' || status === 'missing',
}

/** Columns by which projects are sorted, with what is compared. */
const keys: Record<string, (project: ProjectRow) => string | number> = {
  name: ({ name }) => name.toLowerCase(),
  artifacts: ({ artifactCount }) => artifactCount,
  outdated: ({ outdatedCount }) => outdatedCount,
  modified: ({ modifiedCount }) => modifiedCount,
  problems: ({ problemCount }) => problemCount,
  tokens: ({ tokens }) => tokens,
  updated: ({ lastFetchedAt }) => lastFetchedAt ?? 0,
}

export type ProjectChoice = { text: string; attention: string; sort: string; descending: boolean }

/** How many projects each choice of attention would show. */
export function countAttentions(projects: readonly ProjectRow[]): Record<Attention, number> {
  const count = (attention: Exclude<Attention, ''>): number => projects.filter(wanted[attention]).length
  return {
    '': projects.length,
    outdated: count('outdated'),
    modified: count('modified'),
    problems: count('problems'),
    stale: count('stale'),
    failed: count('failed'),
  }
}

/** The projects that are chosen, in order; equal ones by name. They come sorted by name. */
export function chooseProjects(
  projects: readonly ProjectRow[],
  { text, attention, sort, descending }: ProjectChoice,
): ProjectRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const isWanted = (wanted as Record<string, (project: ProjectRow) => boolean>)[attention]
  const chosen = projects.filter((project) => {
    if (isWanted && !isWanted(project)) return false
    const all = `${project.name}\n${project.path}`.toLowerCase()
    return words.every((word) => all.includes(word))
  })
  const key = keys[sort]
  if (!key || (sort === 'name' && !descending)) return chosen
  const sign = descending ? -1 : 1
  return chosen
    .map((project) => ({ project, value: key(project) }))
    .sort((a, b) => (a.value < b.value ? -sign : a.value > b.value ? sign : 0))
    .map(({ project }) => project)
}
