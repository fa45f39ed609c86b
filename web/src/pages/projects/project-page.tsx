import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { FreshnessBadge } from '../../components/freshness/freshness-badge.tsx'
import { OldMark } from '../../components/freshness/old-mark.tsx'
import { Icon } from '../../components/icon/icon.tsx'
import { Page } from '../../components/page/page.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { Tabs } from '../../components/tabs/tabs.tsx'
import { Link } from '../../lib/location.tsx'
import { useCacheRefresh } from '../../lib/use-cache-refresh.ts'
import { useQuery } from '../../lib/use-query.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import { EffectiveTab } from './effective-tab.tsx'
import { ProjectArtifactsTab } from './project-artifacts-tab.tsx'
import { ProjectFacts } from './project-facts.tsx'
import { ProjectHistoryTab } from './project-history-tab.tsx'
import { ProjectProblemsTab } from './project-problems-tab.tsx'
import { ServersAndHooksTab } from './servers-and-hooks-tab.tsx'

/** One project: what is in effect in it, what it has of its own, what is wrong, and what happened. */
export function ProjectPage({ params }: { params: Record<string, string> }) {
  const id = params.id ?? ''
  const { data: project, error, isOld, loadedAt, reload } = useQuery('projects.show', { project: id })
  const [{ tab }, show] = useUrlState({ tab: '' })
  const refresh = useCacheRefresh()

  if (error?.slug === 'project.not_found') return <NoSuchProject last={project?.path} />
  if (!project)
    return (
      <Page title="Project" busy={!error}>
        {error ? (
          <ErrorNotice error={error} onRetry={reload} />
        ) : (
          <TableSkeleton label="Reading the project…" />
        )}
      </Page>
    )
  const problems = project.problemCount + project.diagnostics.length
  const tabs = [
    { id: '', name: 'In effect' },
    { id: 'artifacts', name: 'Own artifacts', count: project.artifactCount },
    { id: 'servers', name: 'Servers and hooks' },
    { id: 'problems', name: 'Problems', count: problems || undefined },
    { id: 'history', name: 'History' },
  ]
  const chosen = tabs.some((one) => one.id === tab) ? tab : ''
  const fills = chosen === 'artifacts'
  return (
    <Page
      title={project.name}
      fills={fills}
      beside={
        <>
          <FreshnessBadge status={project.status} at={project.lastFetchedAt} />
          <OldMark isOld={isOld} at={loadedAt} />
        </>
      }
      actions={
        <>
          <Link class="button" href={`/projects/${id}/sync`}>
            Sync with collections
          </Link>
          <button
            type="button"
            class="button"
            disabled={refresh.running}
            onClick={() => refresh.refresh(project.id)}
          >
            <Icon name="refresh" />
            Read it again
          </button>
        </>
      }
    >
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {project.errorMessage !== null && (
        <ErrorNotice
          error={{
            message: `It could not be read: ${project.errorMessage}`,
            hint: 'What was read before is shown.',
          }}
          onRetry={() => refresh.refresh(project.id)}
        />
      )}
      <ProjectFacts project={project} />
      <Tabs
        label="Parts of the project"
        tabs={tabs}
        chosen={chosen}
        onChoose={(next) => show({ tab: next })}
        fills={fills}
      >
        {chosen === '' && <EffectiveTab project={id} />}
        {chosen === 'artifacts' && <ProjectArtifactsTab project={id} />}
        {chosen === 'servers' && <ServersAndHooksTab project={id} />}
        {chosen === 'problems' && <ProjectProblemsTab project={project} />}
        {chosen === 'history' && <ProjectHistoryTab project={id} />}
      </Tabs>
    </Page>
  )
}

/** `last`: where it was, when it was known before. */
function NoSuchProject({ last }: { last: string | undefined }) {
  return (
    <Page title="No such project">
      {last !== undefined && (
        <p>
          It was at <code>{last}</code>.
        </p>
      )}
      <p>
        smd does not know this project, or not any more. <Link href="/projects">All projects</Link> are in the
        list; <code>smd projects add FOLDER</code> makes a folder one.
      </p>
    </Page>
  )
}
