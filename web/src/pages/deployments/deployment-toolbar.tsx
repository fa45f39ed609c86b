import { SearchField } from '../../components/search-field/search-field.tsx'
import { Toolbar } from '../../components/toolbar/toolbar.tsx'
import { formatCount, plural } from '../../lib/format.ts'
import {
  type Deployment,
  type DeploymentAddress,
  deploymentWords,
  projectNameOf,
  valuesOf,
} from './deployment-filter.ts'

type Props = {
  rows: readonly Deployment[]
  /** How many there are in each state. */
  states: Partial<Record<string, number>>
  total: number
  /** How many the filter leaves. */
  count: number
  address: DeploymentAddress
  onChange(change: Partial<DeploymentAddress>): void
}

/** Filters of the deployments; each state says how many it has. */
export function DeploymentToolbar({ rows, states, total, count, address, onChange }: Props) {
  const all = plural(total, 'deployment')
  const summary =
    rows.length < total
      ? `${formatCount(count)} of the first ${formatCount(rows.length)} of ${all}`
      : count === total
        ? all
        : `${formatCount(count)} of ${all}`
  return (
    <Toolbar summary={summary}>
      <SearchField label="Filter" value={address.q} onInput={(q) => onChange({ q })} />
      <select
        class="field"
        aria-label="State"
        value={address.state}
        onChange={({ currentTarget }) => onChange({ state: currentTarget.value })}
      >
        <option value="">All that is recorded</option>
        {Object.entries(deploymentWords).map(([state, { name }]) => (
          <option key={state} value={state}>
            {`${name}${states[state] === undefined ? '' : `, ${formatCount(states[state])}`}`}
          </option>
        ))}
      </select>
      <Choice
        label="Project"
        all="All projects"
        value={address.project}
        values={valuesOf(rows, (row) => [row.project?.id ?? 'user', projectNameOf(row)])}
        onChange={(project) => onChange({ project })}
      />
      <Choice
        label="Collection"
        all="All collections"
        value={address.collection}
        values={valuesOf(rows, ({ collection }) => (collection === null ? null : [collection, collection]))}
        onChange={(collection) => onChange({ collection })}
      />
      <Choice
        label="Agent"
        all="All agents"
        value={address.agent}
        values={valuesOf(rows, ({ profile }) => (profile === null ? null : [profile, profile]))}
        onChange={(agent) => onChange({ agent })}
      />
    </Toolbar>
  )
}

type ChoiceProps = {
  label: string
  all: string
  value: string
  values: ReadonlyArray<readonly [id: string, name: string]>
  onChange(value: string): void
}

function Choice({ label, all, value, values, onChange }: ChoiceProps) {
  const isKnown = value === '' || values.some(([id]) => id === value)
  return (
    <select
      class="field"
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    >
      <option value="">{all}</option>
      {!isKnown && <option value={value}>{`The chosen ${label.toLowerCase()}`}</option>}
      {values.map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  )
}
