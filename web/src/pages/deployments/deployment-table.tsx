import { Age } from '../../components/age/age.tsx'
import { Badge } from '../../components/badge/badge.tsx'
import { type Column, DataTable } from '../../components/data-table/data-table.tsx'
import type { Chosen } from '../../lib/use-chosen.ts'
import {
  type Deployment,
  type DeploymentAddress,
  deploymentWords,
  keyOf,
  projectNameOf,
} from './deployment-filter.ts'

type Props = {
  rows: readonly Deployment[]
  chosen: Chosen<Deployment>
  address: DeploymentAddress
  onChange(change: Partial<DeploymentAddress>): void
}

/** Each deployment in a row; opening it goes to what is there, or to the project where nothing is. */
export function DeploymentTable({ rows, chosen, address, onChange }: Props) {
  return (
    <DataTable
      label="Deployments"
      columns={columns}
      count={rows.length}
      rowAt={(index) => rows[index]}
      keyOf={keyOf}
      hrefOf={({ artifactId, project, name }) =>
        artifactId !== null
          ? `/artifacts/${artifactId}`
          : project
            ? `/projects/${project.id}/sync`
            : `/artifacts?q=${encodeURIComponent(name)}`
      }
      sort={{ column: address.sort || 'state', descending: address.desc !== '' }}
      onSort={({ column, descending }) => onChange({ sort: column, desc: descending ? '1' : '' })}
      selection={chosen.selection}
      memory={`deployments ${address.state}`}
    />
  )
}

const nothing = <span class="muted">–</span>

const columns: readonly Column<Deployment>[] = [
  {
    id: 'name',
    title: 'Artifact',
    width: 'minmax(8rem, 2fr)',
    sortable: true,
    render: ({ name, path }) => <span title={path}>{name}</span>,
  },
  {
    id: 'type',
    title: 'Type',
    width: '90px',
    sortable: true,
    from: 'medium',
    render: ({ type }) => type,
  },
  {
    id: 'project',
    title: 'Project',
    width: 'minmax(6rem, 2fr)',
    sortable: true,
    render: (row) => <span title={row.project?.path}>{projectNameOf(row)}</span>,
  },
  {
    id: 'collection',
    title: 'Collection',
    width: 'minmax(5rem, 1fr)',
    sortable: true,
    from: 'medium',
    render: ({ collection }) => collection ?? nothing,
  },
  {
    id: 'agent',
    title: 'Agent',
    width: 'minmax(6rem, 1fr)',
    sortable: true,
    from: 'wide',
    render: ({ profile }) => profile ?? nothing,
  },
  {
    id: 'state',
    title: 'State',
    width: '100px',
    sortable: true,
    render: ({ state }) => {
      const { name, tone, meaning } = deploymentWords[state]
      return (
        <Badge tone={tone} title={meaning}>
          {name}
        </Badge>
      )
    },
  },
  {
    id: 'deployed',
    title: 'Deployed',
    width: '108px',
    align: 'end',
    sortable: true,
    from: 'wide',
    render: ({ deployedAt }) => <Since text={deployedAt} />,
  },
]

/** Records have a time as text, mostly without a zone; what is no time is shown as it is. */
function Since({ text }: { text: string | null }) {
  if (text === null) return nothing
  const at = Date.parse(text)
  return Number.isNaN(at) ? <span>{text}</span> : <Age at={at} />
}
