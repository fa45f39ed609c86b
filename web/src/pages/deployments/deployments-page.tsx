import { useMemo } from 'preact/hooks'
import { Chips } from '../../components/chips/chips.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { OldMark } from '../../components/freshness/old-mark.tsx'
import { Page } from '../../components/page/page.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { Tabs } from '../../components/tabs/tabs.tsx'
import { Link } from '../../lib/location.tsx'
import { useChosen } from '../../lib/use-chosen.ts'
import { useKept } from '../../lib/use-kept.ts'
import { useQuery } from '../../lib/use-query.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import { DeploymentActions } from './deployment-actions.tsx'
import {
  chooseDeployments,
  type Deployment,
  type DeploymentAddress,
  keyOf,
  noDeploymentFilter,
  stateOf,
} from './deployment-filter.ts'
import { DeploymentTable } from './deployment-table.tsx'
import { DeploymentToolbar } from './deployment-toolbar.tsx'
import { Operations } from './operations.tsx'

/** So many rows are asked for; beyond them the table says how many there are. */
const MOST = 10_000

/** What collections gave to which projects, how that stands, and what was done last (MP-2). */
export function DeploymentsPage() {
  const [address, change] = useUrlState(noDeploymentFilter)
  const state = stateOf(address.state)
  const answer = useQuery('deployments.list', { limit: MOST, ...(state && { state }) })
  const { error, loading, isOld, loadedAt, reload } = answer
  const data = useKept(answer.data)
  const isRecent = address.tab === 'recent'
  return (
    <Page
      title="Deployments"
      fills={!isRecent}
      busy={loading}
      beside={data && <OldMark isOld={isOld} at={loadedAt} />}
    >
      <Tabs
        label="Parts of the deployments"
        tabs={[
          { id: '', name: 'Now', count: data?.total },
          { id: 'recent', name: 'Recent changes' },
        ]}
        chosen={isRecent ? 'recent' : ''}
        onChoose={(tab) => change({ tab })}
        fills={!isRecent}
      >
        {isRecent ? (
          <Operations />
        ) : (
          <>
            {error && <ErrorNotice error={error} onRetry={reload} />}
            {!data && !error && <TableSkeleton label="Reading what is deployed…" />}
            {data && <Shown data={data} address={address} onChange={change} />}
          </>
        )}
      </Tabs>
    </Page>
  )
}

type ShownProps = {
  data: { items: Deployment[]; total: number; states: Partial<Record<string, number>> }
  address: DeploymentAddress
  onChange(change: Partial<DeploymentAddress>): void
}

function Shown({ data, address, onChange }: ShownProps) {
  const rows = useMemo(() => chooseDeployments(data.items, address), [data, address])
  const chosen = useChosen(rows, keyOf)
  return (
    <>
      <DeploymentToolbar
        rows={data.items}
        states={data.states}
        total={data.total}
        count={rows.length}
        address={address}
        onChange={onChange}
      />
      <Chips
        chips={
          address.artifact === ''
            ? []
            : [
                {
                  id: 'artifact',
                  text: `artifact: ${address.artifact}`,
                  remove: () => onChange({ artifact: '' }),
                },
              ]
        }
        onClear={() => onChange({ artifact: '' })}
      />
      {rows.length > 0 ? (
        <DeploymentTable rows={rows} chosen={chosen} address={address} onChange={onChange} />
      ) : (
        <Nothing
          isFiltered={data.items.length > 0 || address.state !== ''}
          onClear={() => onChange({ q: '', project: '', collection: '', agent: '', artifact: '', state: '' })}
        />
      )}
      <DeploymentActions chosen={chosen} />
    </>
  )
}

function Nothing({ isFiltered, onClear }: { isFiltered: boolean; onClear(): void }) {
  if (isFiltered)
    return (
      <p>
        Nothing that is deployed is like that.{' '}
        <button type="button" class="button" onClick={onClear}>
          Show all
        </button>
      </p>
    )
  return (
    <p>
      Nothing is deployed yet. Select artifacts in <Link href="/collections">Collections</Link> and choose
      “Deploy…”.
    </p>
  )
}
