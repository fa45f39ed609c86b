import { artifactStates } from '../../../../protocol/artifact-states.ts'
import { SearchField } from '../../components/search-field/search-field.tsx'
import { Toolbar } from '../../components/toolbar/toolbar.tsx'
import { TypeSelect } from '../../components/type-select/type-select.tsx'
import { stateWords } from '../../lib/words.ts'
import styles from './matrix-page.module.css'
import type { MatrixRow } from './matrix-rows.ts'
import { stateSigns } from './state-signs.ts'

export type MatrixState = {
  q: string
  type: string
  min: string
  differ: string
  state: string
  sort: string
}

type Props = {
  rows: readonly MatrixRow[]
  shown: MatrixState
  summary: string
  onChange(change: Partial<MatrixState>): void
}

const places = ['1', '2', '3', '5', '10', '20', '50']

/** Filters and order of the matrix, and what its signs mean. */
export function MatrixToolbar({ rows, shown, summary, onChange }: Props) {
  return (
    <>
      <Toolbar summary={summary}>
        <SearchField label="Filter artifacts" value={shown.q} onInput={(q) => onChange({ q })} />
        <TypeSelect rows={rows} value={shown.type} onChange={(type) => onChange({ type })} />
        <select
          class="field"
          aria-label="Places"
          value={shown.min}
          onChange={({ currentTarget }) => onChange({ min: currentTarget.value })}
        >
          {(places.includes(shown.min) ? places : [...places, shown.min]).map((count) => (
            <option key={count} value={count}>
              {count === '1' ? 'In any place' : `In ${count} places or more`}
            </option>
          ))}
        </select>
        <select
          class="field"
          aria-label="Order"
          value={shown.sort}
          onChange={({ currentTarget }) => onChange({ sort: currentTarget.value })}
        >
          <option value="name">By name</option>
          <option value="places">Most places first</option>
          <option value="variants">Most contents first</option>
        </select>
        <button
          type="button"
          class="button"
          aria-pressed={shown.differ !== ''}
          title="Only artifacts whose content differs between places"
          onClick={() => onChange({ differ: shown.differ === '' ? '1' : '' })}
        >
          Differing
        </button>
      </Toolbar>
      <div class={styles.legend} role="group" aria-label="Only with a state">
        {artifactStates.map((state) => {
          const { name, meaning, tone } = stateWords[state]
          return (
            <button
              key={state}
              type="button"
              class={styles.sign}
              aria-pressed={shown.state === state}
              title={meaning}
              onClick={() => onChange({ state: shown.state === state ? '' : state })}
            >
              <span data-tone={tone} aria-hidden="true">
                {stateSigns[state]}
              </span>
              {name}
            </button>
          )
        })}
        <span class="muted">
          A is the content that most places have; B, C … are others. Where there is no letter, all are the
          same.
        </span>
      </div>
    </>
  )
}
