/** What the address of the browser says, and which artifacts that leaves in which order. */
import { typeName } from './type-name.ts'
import type { LibraryRow } from './use-library.ts'

export const noLibraryFilter = {
  name: '',
  q: '',
  type: '',
  tag: '',
  state: '',
  view: '',
  by: '',
  sort: '',
  desc: '',
}
export type LibraryAddress = typeof noLibraryFilter

export const layouts = { '': 'List', grid: 'Grid', groups: 'Grouped' } as const
export type Layout = keyof typeof layouts
export const layoutOf = (text: string): Layout => (Object.hasOwn(layouts, text) ? (text as Layout) : '')

export const groupings = { '': 'By type', tag: 'By tag', group: 'By group' } as const
export type Grouping = keyof typeof groupings
export const groupingOf = (text: string): Grouping =>
  Object.hasOwn(groupings, text) ? (text as Grouping) : ''

const keys: Record<string, (row: LibraryRow) => string | number> = {
  name: ({ name }) => name.toLowerCase(),
  type: ({ type, name }) => `${type} ${name.toLowerCase()}`,
  state: ({ stand, name }) => `${stand ?? 'z'} ${name.toLowerCase()}`,
  version: ({ version }) => version ?? '',
  deployed: ({ deployed }) => deployed?.projects ?? 0,
  updated: ({ lastUpdated, added }) => lastUpdated ?? added ?? '',
}

/** The rows that an address leaves, in its order; by name when it names none. */
export function chooseRows(rows: readonly LibraryRow[], address: LibraryAddress): LibraryRow[] {
  const { q, type, tag, state, sort, desc } = address
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  const key = keys[sort] ?? keys.name
  const sign = desc === '' ? 1 : -1
  return rows
    .filter((row) => {
      if (type !== '' && row.type !== type) return false
      if (tag !== '' && !row.tags.includes(tag)) return false
      if (state !== '' && row.stand !== state) return false
      const all =
        `${row.name}\n${row.title ?? ''}\n${row.description ?? ''}\n${row.tags.join('\n')}\n${row.upstream ?? ''}`.toLowerCase()
      return words.every((word) => all.includes(word))
    })
    .map((row) => ({ row, value: key?.(row) ?? '' }))
    .sort((a, b) => (a.value < b.value ? -sign : a.value > b.value ? sign : 0))
    .map(({ row }) => row)
}

export type RowGroup = { id: string; name: string; rows: LibraryRow[] }

/** Rows by what they share; a row with several tags stands in each of them, those without one come last. */
export function groupRows(rows: readonly LibraryRow[], by: 'tag' | ''): RowGroup[] {
  const groups = new Map<string, LibraryRow[]>()
  for (const row of rows)
    for (const id of by === '' ? [row.type] : row.tags.length > 0 ? row.tags : ['']) {
      const held = groups.get(id)
      if (held) held.push(row)
      else groups.set(id, [row])
    }
  const nameOf = (id: string): string => (by === '' ? typeName(id) : id === '' ? 'Without a tag' : id)
  return [...groups]
    .map(([id, held]) => ({ id, name: nameOf(id), rows: held }))
    .sort((a, b) => Number(a.id === '') - Number(b.id === '') || a.name.localeCompare(b.name))
}

/** Values that occur, most frequent first, each once. */
export function valuesOf(
  rows: readonly LibraryRow[],
  read: (row: LibraryRow) => readonly string[],
): string[] {
  const counts = new Map<string, number>()
  for (const row of rows) for (const value of read(row)) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([value]) => value)
}
