import { SearchField } from '../../components/search-field/search-field.tsx'
import { Toolbar } from '../../components/toolbar/toolbar.tsx'
import { formatCount, plural } from '../../lib/format.ts'
import { stateWords } from '../../lib/words.ts'
import { groupingOf, groupings, type LibraryAddress, layoutOf, layouts, valuesOf } from './library-filter.ts'
import { typeName } from './type-name.ts'
import type { LibraryRow } from './use-library.ts'

type Props = {
  rows: readonly LibraryRow[]
  /** How many the filter leaves. */
  count: number
  address: LibraryAddress
  onChange(change: Partial<LibraryAddress>): void
}

/** What narrows a collection, and how it is shown. */
export function LibraryToolbar({ rows, count, address, onChange }: Props) {
  const layout = layoutOf(address.view)
  const total = plural(rows.length, 'artifact')
  return (
    <Toolbar summary={count === rows.length ? total : `${formatCount(count)} of ${total}`}>
      <SearchField label="Search the collection" value={address.q} onInput={(q) => onChange({ q })} />
      <Choice
        label="Type"
        all="All types"
        value={address.type}
        values={valuesOf(rows, ({ type }) => [type])}
        nameOf={typeName}
        onChange={(type) => onChange({ type })}
      />
      <Choice
        label="Tag"
        all="All tags"
        value={address.tag}
        values={valuesOf(rows, ({ tags }) => tags)}
        nameOf={(tag) => tag}
        onChange={(tag) => onChange({ tag })}
      />
      <Choice
        label="Against its source"
        all="All states"
        value={address.state}
        values={valuesOf(rows, ({ stand }) => (stand === null ? [] : [stand]))}
        nameOf={(state) => stateWords[state as keyof typeof stateWords]?.name ?? state}
        onChange={(state) => onChange({ state })}
      />
      {Object.entries(layouts).map(([id, name]) => (
        <button
          key={id}
          type="button"
          class="button"
          aria-pressed={id === layout}
          onClick={() => onChange({ view: id })}
        >
          {name}
        </button>
      ))}
      {layout === 'groups' && (
        <select
          class="field"
          aria-label="Grouped"
          value={groupingOf(address.by)}
          onChange={({ currentTarget }) => onChange({ by: currentTarget.value })}
        >
          {Object.entries(groupings).map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Toolbar>
  )
}

type ChoiceProps = {
  label: string
  /** Said of no choice. */
  all: string
  value: string
  values: readonly string[]
  nameOf(value: string): string
  onChange(value: string): void
}

/** One of the values that occur, and the one that is chosen. */
function Choice({ label, all, value, values, nameOf, onChange }: ChoiceProps) {
  return (
    <select
      class="field"
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    >
      <option value="">{all}</option>
      {(value === '' || values.includes(value) ? values : [value, ...values]).map((one) => (
        <option key={one} value={one}>
          {nameOf(one)}
        </option>
      ))}
    </select>
  )
}
