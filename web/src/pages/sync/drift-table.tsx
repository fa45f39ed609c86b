import { useState } from 'preact/hooks'
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

/** What a project has from collections: what is out of step, and the rest when somebody asks for it. */
export function DriftTable({ project, rows, chosen, onChoose }: Props) {
  const [isWhole, showWhole] = useState(false)
  const drifted = rows.filter(isSyncable)
  const others = rows.filter((row) => !isSyncable(row))
  return (
    <>
      {chosen !== '' && (
        <p>
          <button type="button" class="button" onClick={() => onChoose('')}>
            Look at all {formatCount(drifted.length)} together
          </button>
        </p>
      )}
      {(drifted.length > 0 || isWhole) && (
        <SimpleTable
          label={`What ${project} has from collections`}
          columns={columnsOf(chosen, onChoose)}
          rows={isWhole ? [...drifted, ...others] : drifted}
          keyOf={(row) => `${row.path} ${row.profile} ${refOf(row)}`}
          isMuted={(row) => !isSyncable(row)}
        />
      )}
      {others.length > 0 && (
        <p>
          <button type="button" class="button" aria-expanded={isWhole} onClick={() => showWhole(!isWhole)}>
            {isWhole
              ? 'Only what is out of step'
              : `Show ${formatCount(others.length)} in step or not deployed`}
          </button>
        </p>
      )}
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
          <div class="path">{row.path}</div>
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
