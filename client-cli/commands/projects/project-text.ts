/** Projects in words, for the commands that print them. */
import type { ResultOf } from '../../../protocol/methods.ts'
import { plural } from '../../format/values.ts'
import type { Style } from '../../io.ts'

type Project = ResultOf<'projects.list'>['items'][number]

/** `3 skills, 1 command`; the most first. */
export function describeCounts(counts: Project['countsByType']): string {
  return Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([type, n]) => plural(n, type))
    .join(', ')
}

export function statusStyle({ status }: Pick<Project, 'status'>): Style {
  if (status === 'active') return 'green'
  return status === 'stale' ? 'dim' : 'red'
}
