/** Projects in words, for the commands that print them. */
import type { ResultOf } from '../../../protocol/methods.ts'
import type { Style } from '../../io.ts'

type Project = ResultOf<'projects.list'>['items'][number]

export function statusStyle({ status }: Pick<Project, 'status'>): Style {
  if (status === 'active') return 'green'
  return status === 'stale' ? 'dim' : 'red'
}
