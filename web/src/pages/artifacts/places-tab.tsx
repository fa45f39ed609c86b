import { Age } from '../../components/age/age.tsx'
import { Badge } from '../../components/badge/badge.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { type SimpleColumn, SimpleTable } from '../../components/simple-table/simple-table.tsx'
import { formatCount, plural } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { scopeNames } from '../../lib/scope-names.ts'
import { useQuery } from '../../lib/use-query.ts'
import styles from './artifact-page.module.css'
import type { ShownArtifact } from './artifact-page.tsx'
import { lettersOf, type Place } from './places.ts'

const SHOWN = 1_000

/** Every place an artifact of this name is in, which contents there are, and which one is in effect here. */
export function PlacesTab({ artifact }: { artifact: ShownArtifact }) {
  const { id, name, type, project } = artifact
  const { data, error, reload } = useQuery('artifacts.where', { name, type, limit: SHOWN }, { stored: false })
  const effective = useQuery('projects.effective', project && { project: project.id, type }).data
  if (!data)
    return error ? (
      <ErrorNotice error={error} onRetry={reload} />
    ) : (
      <TableSkeleton label="Reading where it is…" />
    )
  const letters = lettersOf(data.items)
  const used = new Map(effective?.items.map((item) => [item.id, item.hiddenBy === null]))
  const columns: SimpleColumn<Place>[] = [
    {
      title: 'Place',
      render: (place) => (
        <>
          <Link href={`/artifacts/${place.id}`}>{place.project?.name ?? scopeNames[place.scope]}</Link>
          {place.id === id && <span class="muted"> this one</span>}
          <div class={styles.path}>{place.path}</div>
        </>
      ),
    },
    { title: 'Scope', isShort: true, isExtra: true, render: ({ scope }) => scopeNames[scope] },
    { title: 'Agent', isShort: true, isExtra: true, render: ({ host }) => host },
    {
      title: 'Content',
      render: ({ hash }) => <Badge>{(hash && letters.get(hash)) ?? '?'}</Badge>,
    },
    ...(project
      ? [
          {
            title: `In ${project.name}`,
            render: ({ id }: Place) =>
              used.has(id) ? (
                used.get(id) ? (
                  <Badge tone="ok">in effect</Badge>
                ) : (
                  <span class="muted">hidden</span>
                )
              ) : null,
          },
        ]
      : []),
    { title: 'State', render: (place) => <Flags place={place} /> },
    { title: 'Version', isExtra: true, render: ({ deployedVersion }) => deployedVersion },
    { title: 'Changed', align: 'end', render: ({ updatedAt }) => <Age at={updatedAt} /> },
    {
      title: 'Compare',
      render: (place) =>
        place.id !== id && place.hash !== artifact.hash ? (
          <Link href={`/artifacts/${id}?tab=compare&with=${place.id}`}>Compare</Link>
        ) : (
          <span class="muted">{place.id === id ? '' : 'same'}</span>
        ),
    },
  ]
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      <p class="muted">
        {plural(data.total, 'place')}
        {data.total > 1 &&
          (data.variants === 1
            ? ', all with the same content'
            : `, with ${plural(data.variants, 'different content')}`)}
        {data.items.length < data.total && `; the first ${formatCount(data.items.length)} are shown`}.
      </p>
      <SimpleTable
        label={`Places of ${name}`}
        columns={columns}
        rows={data.items}
        keyOf={(place) => place.id}
      />
    </>
  )
}

function Flags({ place: { isOutdated, localModified } }: { place: Place }) {
  return (
    <span class={styles.flags}>
      {isOutdated && <Badge tone="attention">Update available</Badge>}
      {localModified && <Badge tone="changed">Modified</Badge>}
    </span>
  )
}
