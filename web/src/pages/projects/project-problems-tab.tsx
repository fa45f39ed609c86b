import type { ResultOf } from '../../../../protocol/methods.ts'
import { type DiagnosticItem, Diagnostics } from '../../components/diagnostics/diagnostics.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { call } from '../../connection.ts'
import { Link } from '../../lib/location.tsx'
import type { Query } from '../../lib/query-store.ts'
import { useAnyQuery } from '../../lib/use-query.ts'
import { typeNames } from '../../lib/words.ts'

/** Artifacts that are read at once. */
const PAGE = 1_000

type Artifact = ResultOf<'artifacts.list'>['items'][number]

/** Artifacts of a project that have diagnostics. */
const troubledArtifacts = (project: string): Query<Artifact[]> => ({
  key: `artifacts.list troubled ${project}`,
  freshMs: 30_000,
  stored: false,
  async load(signal) {
    const found: Artifact[] = []
    let cursor: string | null = null
    do {
      const params = { project, limit: PAGE, ...(cursor !== null && { cursor }) }
      const page: ResultOf<'artifacts.list'> = await call('artifacts.list', params, signal)
      found.push(...page.items.filter(({ diagnostics }) => diagnostics.length > 0))
      cursor = page.nextCursor
    } while (cursor !== null)
    return found
  },
})

/** What is wrong in a project and in its artifacts, with what to do about it. */
export function ProjectProblemsTab({ project }: { project: ResultOf<'projects.show'> }) {
  const { data, error, reload } = useAnyQuery(troubledArtifacts(project.id))
  if (!data)
    return error ? (
      <ErrorNotice error={error} onRetry={reload} />
    ) : (
      <TableSkeleton label="Reading what is wrong…" />
    )
  const items: DiagnosticItem[] = [
    ...project.diagnostics.map(({ path, ...rest }) => ({
      ...rest,
      about: <code>{path || project.path}</code>,
    })),
    ...data.flatMap(({ id, name, type, diagnostics }) =>
      diagnostics.map((diagnostic) => ({
        ...diagnostic,
        about: (
          <>
            <Link href={`/artifacts/${id}`}>{name}</Link>{' '}
            <span class="muted">{typeNames[type].toLowerCase()}</span>
          </>
        ),
      })),
    ),
  ]
  return items.length === 0 ? <p>Nothing is wrong here.</p> : <Diagnostics items={items} />
}
