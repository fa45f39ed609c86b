import type { ResultOf } from '../../../protocol/methods.ts'
import { FIRST_PROJECTS } from '../../../protocol/page-addresses.ts'
import type { ProjectStatus } from '../../../protocol/vocabulary.ts'
import { call } from '../connection.ts'
import type { CallError } from './call-error.ts'
import type { Query } from './query-store.ts'
import { reuseRows } from './reuse-rows.ts'
import { queries, useAnyQuery } from './use-query.ts'

export type ProjectRow = ResultOf<'projects.list'>['items'][number]

const MOST = 10_000

type Projects = { items: ProjectRow[]; total: number }

/**
 * All known projects by name (CACHE-3.2a). The first fifty come first, the others while those are being painted.
 * `loading` is true until all are here.
 */
export function useProjectCache({ status }: { status?: ProjectStatus } = {}): {
  projects: ProjectRow[] | undefined
  total: number
  loading: boolean
  error: CallError | null
  /** They are of an earlier visit. */
  isOld: boolean
  loadedAt: number | null
  refetch(): void
} {
  const { data, loading, error, isOld, loadedAt, reload } = useAnyQuery(allProjects(status))
  return { projects: data?.items, total: data?.total ?? 0, loading, error, isOld, loadedAt, refetch: reload }
}

const allProjects = (status: ProjectStatus | undefined): Query<Projects> => ({
  key: `projects.list all ${status ?? ''}`,
  freshMs: 30_000,
  stored: true,
  reuse: (before, after) => ({ ...after, items: reuseRows(before.items, after.items) }),
  async load(signal, partly) {
    const filter = status && { status }
    const first = await call('projects.list', { limit: FIRST_PROJECTS, ...filter }, signal)
    let { items } = first
    let cursor = first.nextCursor
    if (cursor) partly({ items, total: first.total })
    while (cursor) {
      const next: typeof first = await call('projects.list', { limit: MOST, cursor, ...filter }, signal)
      items = items.concat(next.items)
      cursor = next.nextCursor
    }
    return { items, total: first.total }
  },
})

/** Asks for the projects ahead of the view that shows them. */
export const prepareProjects = (): Promise<void> => queries.prepare(allProjects(undefined))
