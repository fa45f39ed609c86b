import { useState } from 'preact/hooks'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { Badge } from '../../components/badge/badge.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { OldMark } from '../../components/freshness/old-mark.tsx'
import { OutdatedBadge } from '../../components/outdated-badge/outdated-badge.tsx'
import { Page } from '../../components/page/page.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { Tabs } from '../../components/tabs/tabs.tsx'
import { lazily } from '../../lib/lazily.tsx'
import { Link } from '../../lib/location.tsx'
import { useQuery } from '../../lib/use-query.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import { typeNames } from '../../lib/words.ts'
import { ArtifactFacts } from './artifact-facts.tsx'
import { ArtifactHistoryTab } from './artifact-history-tab.tsx'
import { CompareTab } from './compare-tab.tsx'
import { FilesTab } from './files-tab.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { PlacesTab } from './places-tab.tsx'

const DeployArtifacts = lazily(
  async () => (await import('../../components/deploy-dialog/deploy-artifacts.tsx')).DeployArtifacts,
)

export type ShownArtifact = ResultOf<'artifacts.show'>

/** What the address of an artifact says: which tab, which file of it, compared with which other one. */
export const noView = { tab: '', file: '', with: '' }

/** One artifact: its text, files, differences, places and history. */
export function ArtifactPage({ params }: { params: Record<string, string> }) {
  const id = params.id ?? ''
  const { data: artifact, error, isOld, loadedAt, reload } = useQuery('artifacts.show', { name: id })
  if (error?.slug === 'artifact.not_found') return <NoSuchArtifact last={artifact} />
  if (!artifact)
    return (
      <Page title="Artifact" busy={!error}>
        {error ? (
          <ErrorNotice error={error} onRetry={reload} />
        ) : (
          <TableSkeleton label="Reading the artifact…" />
        )}
      </Page>
    )
  return (
    <Page
      key={id}
      title={artifact.name}
      beside={
        <>
          <Badge>{typeNames[artifact.type]}</Badge>
          <OutdatedBadge artifact={artifact} />
          <OldMark isOld={isOld} at={loadedAt} />
        </>
      }
      actions={artifact.scope === 'collection' && <DeployButton id={id} />}
    >
      {error && <ErrorNotice error={error} onRetry={reload} />}
      <ArtifactFacts artifact={artifact} />
      <ArtifactTabs artifact={artifact} />
    </Page>
  )
}

function DeployButton({ id }: { id: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        Deploy…
      </button>
      {isOpen && <DeployArtifacts ids={[id]} onClose={() => setOpen(false)} />}
    </>
  )
}

function ArtifactTabs({ artifact }: { artifact: ShownArtifact }) {
  const [view, show] = useUrlState(noView)
  const tabs = [
    { id: '', name: 'Overview' },
    // Of a hook or a server there is one part of one file, which the overview has.
    ...(artifact.fragment === null ? [{ id: 'files', name: 'Files' }] : []),
    { id: 'compare', name: 'Compare' },
    { id: 'places', name: 'Places', count: artifact.alsoInTotal + 1 },
    { id: 'history', name: 'History' },
  ]
  const chosen = tabs.some((one) => one.id === view.tab) ? view.tab : ''
  const openFile = (file: string): void => show({ tab: 'files', file })
  return (
    <Tabs label="Parts of the artifact" tabs={tabs} chosen={chosen} onChoose={(tab) => show({ tab })}>
      {chosen === '' && <OverviewTab artifact={artifact} onOpenFile={openFile} />}
      {chosen === 'files' && <FilesTab artifact={artifact} file={view.file} onOpenFile={openFile} />}
      {chosen === 'compare' && (
        <CompareTab artifact={artifact} against={view.with} onChoose={(other) => show({ with: other })} />
      )}
      {chosen === 'places' && <PlacesTab artifact={artifact} />}
      {chosen === 'history' && <ArtifactHistoryTab artifact={artifact} />}
    </Tabs>
  )
}

/** `last`: what was known of it, when it was here before. */
function NoSuchArtifact({ last }: { last: ShownArtifact | undefined }) {
  return (
    <Page title={last ? `${last.name} is gone` : 'No such artifact'}>
      {last ? (
        <p>
          It was at <code>{last.path}</code>.{' '}
          <Link href={`/artifacts?q=${encodeURIComponent(last.name)}`}>Search for others of this name</Link>.
        </p>
      ) : (
        <p>
          smd does not know this artifact, or not any more: it was removed, renamed or moved.{' '}
          <Link href="/artifacts">Search all artifacts</Link>.
        </p>
      )}
    </Page>
  )
}
