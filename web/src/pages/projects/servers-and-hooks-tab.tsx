import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { type SimpleColumn, SimpleTable } from '../../components/simple-table/simple-table.tsx'
import { Link } from '../../lib/location.tsx'
import { scopeNames } from '../../lib/scope-names.ts'
import { useQuery } from '../../lib/use-query.ts'
import { type EffectiveItem, partsOfHook } from './effective.ts'
import styles from './project-page.module.css'

/** What runs beside an agent in a project: the servers it may call, and the hooks that are called of it. */
export function ServersAndHooksTab({ project }: { project: string }) {
  const { data, error, reload } = useQuery('projects.effective', { project })
  if (!data)
    return error ? (
      <ErrorNotice error={error} onRetry={reload} />
    ) : (
      <TableSkeleton label="Reading servers and hooks…" />
    )
  const servers = data.items.filter(({ type }) => type === 'mcp')
  const hooks = data.items.filter(({ type }) => type === 'hook')
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      <section class={styles.group}>
        <h2>MCP servers</h2>
        {servers.length === 0 ? (
          <p>
            None. <code>.mcp.json</code> in the project and the settings of agents name servers.
          </p>
        ) : (
          <SimpleTable
            label="MCP servers"
            columns={serverColumns}
            rows={servers}
            keyOf={({ id }) => id}
            isMuted={({ hiddenBy }) => hiddenBy !== null}
          />
        )}
      </section>
      <section class={styles.group}>
        <h2>Hooks</h2>
        {hooks.length === 0 ? (
          <p>None. Settings of agents and plugins name hooks.</p>
        ) : (
          <SimpleTable label="Hooks" columns={hookColumns} rows={hooks} keyOf={({ id }) => id} />
        )}
      </section>
    </>
  )
}

const from: SimpleColumn<EffectiveItem> = {
  title: 'From',
  isExtra: true,
  render: ({ scope, host, path }) => (
    <>
      {scopeNames[scope]} <span class="muted">{host}</span>
      <div class="path">{path}</div>
    </>
  ),
}

const runs: SimpleColumn<EffectiveItem> = {
  title: 'Runs',
  render: ({ description }) =>
    description === null ? <span class="muted">–</span> : <code>{description}</code>,
}

const about: SimpleColumn<EffectiveItem> = {
  title: 'Description',
  render: ({ description }) => description ?? <span class="muted">–</span>,
}

const serverColumns: SimpleColumn<EffectiveItem>[] = [
  {
    title: 'Server',
    render: ({ id, name, hiddenBy }) => (
      <>
        <Link href={`/artifacts/${id}`}>{name}</Link>
        {hiddenBy !== null && <span class={styles.hidden}>hidden by another one</span>}
      </>
    ),
  },
  about,
  from,
]

const hookColumns: SimpleColumn<EffectiveItem>[] = [
  {
    title: 'Event',
    render: ({ id, name }) => <Link href={`/artifacts/${id}`}>{partsOfHook(name).event}</Link>,
  },
  {
    title: 'For',
    render: ({ name }) => {
      const { matcher } = partsOfHook(name)
      return matcher === null ? <span class="muted">all</span> : <code>{matcher}</code>
    },
  },
  runs,
  from,
]
