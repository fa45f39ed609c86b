import { SearchField } from '../../components/search-field/search-field.tsx'
import { Toolbar } from '../../components/toolbar/toolbar.tsx'
import { TypeSelect } from '../../components/type-select/type-select.tsx'
import type { UpdateRow } from '../../components/update-available-dialog/update-row.ts'
import { formatCount } from '../../lib/format.ts'
import { choices, type StateChoice } from './update-filter.ts'

type Shown = { q: string; state: string; type: string; project: string }

type Props = {
  rows: readonly UpdateRow[]
  /** How many there are of each choice. */
  counts: Record<StateChoice, number>
  shown: Shown
  choice: StateChoice
  summary: string
  onChange(change: Partial<Shown>): void
}

/** Filters of the updates; each says how many it would show (CACHE-5.3b). */
export function OutdatedToolbar({ rows, counts, shown, choice, summary, onChange }: Props) {
  return (
    <Toolbar summary={summary}>
      <SearchField label="Filter" value={shown.q} onInput={(q) => onChange({ q })} />
      {Object.entries(choices).map(([id, { name }]) => {
        const count = counts[id as StateChoice]
        if (count === 0 && id !== '' && id !== choice) return null
        return (
          <button
            key={id}
            type="button"
            class="button"
            aria-pressed={id === choice}
            onClick={() => onChange({ state: id })}
          >
            {name} <span class="muted">{formatCount(count)}</span>
          </button>
        )
      })}
      <TypeSelect rows={rows} value={shown.type} onChange={(type) => onChange({ type })} />
      <select
        class="field"
        aria-label="Project"
        value={shown.project}
        onChange={({ currentTarget }) => onChange({ project: currentTarget.value })}
      >
        <option value="">All projects</option>
        {projectsOf(rows, shown.project).map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </Toolbar>
  )
}

/** Projects that occur, by name, and the one that is chosen. */
function projectsOf(rows: readonly UpdateRow[], chosen: string): { id: string; name: string }[] {
  const found = new Map(rows.flatMap(({ project }) => (project ? [[project.id, project.name]] : [])))
  if (chosen !== '' && !found.has(chosen)) found.set(chosen, 'The chosen project')
  return [...found].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name))
}
