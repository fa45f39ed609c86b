import { Badge } from '../../components/badge/badge.tsx'
import { type SimpleColumn, SimpleTable } from '../../components/simple-table/simple-table.tsx'
import { formatCount } from '../../lib/format.ts'
import { type DriftRow, driftWords, isSyncable, refOf } from './drift-words.ts'
import styles from './sync-page.module.css'

type Props = {
  project: string
  rows: readonly DriftRow[]
  /** `type:name` of the one that is looked at; empty for all. */
  chosen: string
  onChoose(ref: string): void
}

/** What a project has from collections, what is out of step first. */
export function DriftTable({ project, rows, chosen, onChoose }: Props) {
  const sorted = [...rows].sort((a, b) => Number(isSyncable(b)) - Number(isSyncable(a)))
  return (
    <>
      {chosen !== '' && (
        <p>
          <button type="button" class="button" onClick={() => onChoose('')}>
            Look at all {formatCount(rows.filter(isSyncable).length)} together
          </button>
        </p>
      )}
      <SimpleTable
        label={`What ${project} has from collections`}
        columns={columnsOf(chosen, onChoose)}
        rows={sorted}
        keyOf={(row) => `${row.path} ${row.profile} ${refOf(row)}`}
        isMuted={(row) => !isSyncable(row)}
      />
    </>
  )
}

const columnsOf = (chosen: string, onChoose: (ref: string) => void): SimpleColumn<DriftRow>[] => [
  {
    title: 'Artifact',
    render: (row) => {
      const ref = refOf(row)
      return (
        <>
          {isSyncable(row) ? (
            <button
              type="button"
              class={styles.pick}
              aria-pressed={chosen === ref}
              onClick={() => onChoose(chosen === ref ? '' : ref)}
            >
              {row.name}
            </button>
          ) : (
            row.name
          )}
          <div class={styles.path}>{row.path}</div>
        </>
      )
    },
  },
  { title: 'Type', isShort: true, isExtra: true, render: ({ type }) => type },
  { title: 'Agent', isShort: true, isExtra: true, render: ({ profile }) => profile },
  { title: 'Collection', isExtra: true, render: ({ collection }) => collection },
  {
    title: 'State',
    render: ({ drift, problem, hasBase }) => {
      const { name, tone, meaning } = driftWords[drift]
      return (
        <>
          <Badge tone={tone} title={meaning}>
            {name}
          </Badge>{' '}
          <span class="muted">{problem ?? (drift === 'conflict' && !hasBase ? noBase : meaning)}</span>
        </>
      )
    },
  },
]

const noBase = 'Both differ, and what was deployed is not kept.'
