import { SearchField } from '../../components/search-field/search-field.tsx'
import { Toolbar } from '../../components/toolbar/toolbar.tsx'
import { formatCount, plural } from '../../lib/format.ts'
import type { ProjectRow } from '../../lib/use-project-cache.ts'
import { type Attention, attentions, countAttentions } from './project-filter.ts'

type Props = {
  projects: readonly ProjectRow[]
  shown: { q: string; show: string }
  onChange(change: { q?: string; show?: string }): void
  /** Rows that are shown, of all that there are. */
  count: number
  total: number
}

const names: Record<Attention, string> = {
  '': 'All',
  outdated: 'Update available',
  modified: 'Modified',
  problems: 'With problems',
  stale: 'Stale',
  failed: 'Failed or missing',
}

/** Filters of the projects, with how many each one would show (CACHE-5.3b). */
export function ProjectsToolbar({ projects, shown, onChange, count, total }: Props) {
  const counts = countAttentions(projects)
  return (
    <Toolbar
      summary={
        count === total ? plural(total, 'project') : `${formatCount(count)} of ${plural(total, 'project')}`
      }
    >
      <SearchField label="Filter projects" value={shown.q} onInput={(q) => onChange({ q })} />
      {attentions
        .filter((attention) => attention === '' || counts[attention] > 0 || attention === shown.show)
        .map((attention) => (
          <button
            key={attention}
            type="button"
            class="button"
            aria-pressed={shown.show === attention}
            onClick={() => onChange({ show: attention })}
          >
            {names[attention]}{' '}
            {attention !== '' && <span class="muted">{formatCount(counts[attention])}</span>}
          </button>
        ))}
    </Toolbar>
  )
}
