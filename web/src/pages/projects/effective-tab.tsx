import { Link } from 'wouter-preact'
import { QuietState } from '../../components/badge/quiet-state.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { type SimpleColumn, SimpleTable } from '../../components/simple-table/simple-table.tsx'
import { formatCount, formatTokens, plural } from '../../lib/format.ts'
import { useQuery } from '../../lib/use-query.ts'
import { scopeNames, typePlurals } from '../../lib/words.ts'
import { type EffectiveItem, groupByType } from './effective.ts'
import styles from './project-page.module.css'

/** Everything an agent gets in a project, of whatever origin; what is hidden by another one stands below it. */
export function EffectiveTab({ project }: { project: string }) {
  const { data, error, reload } = useQuery('projects.effective', { project })
  if (!data)
    return error ? (
      <ErrorNotice error={error} onRetry={reload} />
    ) : (
      <TableSkeleton label="Reading what is in effect…" />
    )
  const groups = groupByType(data.items)
  if (groups.length === 0)
    return <p>Nothing is in effect here: neither the project nor you have an artifact that an agent reads.</p>
  const used = groups.reduce((sum, { inEffect }) => sum + inEffect, 0)
  const tokens = groups.reduce((sum, group) => sum + group.tokens, 0)
  const byId = new Map(data.items.map((item) => [item.id, item]))
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      <p class="muted">
        {plural(used, 'artifact')} of the project, you, plugins and the machine, with {formatTokens(tokens)}{' '}
        tokens if all of them were loaded
        {used < data.items.length && `; ${formatCount(data.items.length - used)} are hidden by others`}.
      </p>
      {groups.map(({ type, items, inEffect, tokens }) => (
        <section key={type} class={styles.group}>
          <h2>
            {typePlurals[type]} <span class="muted">{formatCount(inEffect)}</span>{' '}
            <span class={styles.weight}>{formatTokens(tokens)} tokens</span>
          </h2>
          <SimpleTable
            label={`${typePlurals[type]} in effect`}
            columns={columnsWith(byId)}
            rows={items}
            keyOf={({ id }) => id}
            isMuted={({ hiddenBy }) => hiddenBy !== null}
          />
        </section>
      ))}
    </>
  )
}

const columnsWith = (byId: ReadonlyMap<string, EffectiveItem>): SimpleColumn<EffectiveItem>[] => [
  {
    title: 'Name',
    render: ({ id, name, hiddenBy }) => (
      <>
        {hiddenBy !== null && <span class={styles.branch} aria-hidden="true" />}
        <Link href={`/artifacts/${id}`}>{name}</Link>
        {hiddenBy !== null && <HiddenBy winner={byId.get(hiddenBy)} />}
      </>
    ),
  },
  {
    title: 'From',
    isShort: true,
    render: ({ scope, path }) => <span title={path}>{scopeNames[scope]}</span>,
  },
  {
    title: 'Agent',
    isShort: true,
    isExtra: true,
    render: ({ host }) => <span class="muted">{host}</span>,
  },
  {
    title: 'Description',
    isExtra: true,
    render: ({ description }) => <span class={styles.description}>{description}</span>,
  },
  { title: 'State', isShort: true, isExtra: true, render: ({ state }) => <QuietState state={state} /> },
  { title: 'Tokens', align: 'end', render: ({ tokens }) => formatTokens(tokens) },
]

/** Why one is not used. */
function HiddenBy({ winner }: { winner: EffectiveItem | undefined }) {
  return (
    <span class={styles.hidden}>
      hidden by {winner ? `the one of ${scopeNames[winner.scope]}` : 'another one'}
    </span>
  )
}
