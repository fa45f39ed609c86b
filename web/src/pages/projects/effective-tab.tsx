import { QuietState } from '../../components/badge/quiet-state.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { SearchField } from '../../components/search-field/search-field.tsx'
import { type SimpleColumn, SimpleTable } from '../../components/simple-table/simple-table.tsx'
import { Toolbar } from '../../components/toolbar/toolbar.tsx'
import { formatCount, formatTokens } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { scopeNames } from '../../lib/scope-names.ts'
import { useQuery } from '../../lib/use-query.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import { typePlurals } from '../../lib/words.ts'
import { type EffectiveItem, groupByType, matching } from './effective.ts'
import styles from './project-page.module.css'

/** Everything an agent gets in a project, of whatever origin; what is hidden by another one stands below it. */
export function EffectiveTab({ project }: { project: string }) {
  const { data, error, reload } = useQuery('projects.effective', { project })
  const [address, show] = useUrlState({ q: '' })
  if (!data)
    return error ? (
      <ErrorNotice error={error} onRetry={reload} />
    ) : (
      <TableSkeleton label="Reading what is in effect…" />
    )
  if (data.items.length === 0)
    return <p>Nothing is in effect here: neither the project nor you have an artifact that an agent reads.</p>
  const items = matching(data.items, address.q)
  const groups = groupByType(items)
  const used = groups.reduce((sum, { inEffect }) => sum + inEffect, 0)
  const tokens = groups.reduce((sum, group) => sum + group.tokens, 0)
  const hidden = items.length - used
  const byId = new Map(data.items.map((item) => [item.id, item]))
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      <Toolbar
        summary={`${formatCount(used)} of the project, you, plugins and the machine, ${formatTokens(tokens)} tokens if all were loaded${
          hidden > 0 ? `; ${formatCount(hidden)} hidden by others` : ''
        }`}
      >
        <SearchField label="Filter what is in effect" value={address.q} onInput={(q) => show({ q })} />
      </Toolbar>
      {items.length === 0 && (
        <p>
          Nothing in effect is like that.{' '}
          <button type="button" class="button" onClick={() => show({ q: '' })}>
            Show all
          </button>
        </p>
      )}
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
