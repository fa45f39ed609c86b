/** The tables of a TOML document with the places that make them up, whichever way they are spelled. */
import type { Toml, TomlElement, TomlEntry, TomlSection } from './toml-places.ts'

/** One table. Offsets are in the entries and sections. */
export type TableNode = {
  /** As in a header, without the numbers of elements. */
  path: readonly string[]
  /** Below its own header; null for a table that only keys with dots or headers further down imply. */
  section: TomlSection | null
  /** Made up of keys with dots in this section: where they stand, and what stands before the last key. */
  dotted: { section: TomlSection; prefix: readonly string[]; last: TomlEntry } | null
  children: Map<string, Child>
}

/** What a key of a table stands for. */
export type Child =
  /** `key = value`, also when the value is `{ … }` or `[{ … }]`: those are changed as one text. */
  | { kind: 'pair'; entry: TomlEntry }
  | { kind: 'table'; table: TableNode }
  /** The elements below `[[key]]`. */
  | { kind: 'elements'; elements: TableNode[] }

const trees = new WeakMap<Toml, TableNode>()

/** The tree of the document, made once. */
export function tableTree(toml: Toml): TableNode {
  const tree = trees.get(toml) ?? treeOf(toml)
  trees.set(toml, tree)
  return tree
}

function treeOf({ sections }: Toml): TableNode {
  const root = emptyTable([])
  for (const section of sections) {
    const table = section.path.length === 0 ? root : openSection(root, section)
    table.section = section
    for (const entry of section.entries) addEntry(table, section, entry)
  }
  return root
}

/** The child at the path, through the last element of arrays; null when there is none. */
export function childAt(root: TableNode, path: readonly string[]): Child | null {
  let child: Child = { kind: 'table', table: root }
  for (const part of path) {
    const next: Child | undefined = child.kind === 'table' ? child.table.children.get(part) : undefined
    if (!next) return null
    child = next
  }
  return child
}

/** All sections below the table and its own, in the order of the text. */
export function sectionsOf(table: TableNode): TomlSection[] {
  const found = table.section ? [table.section] : []
  for (const child of table.children.values()) found.push(...sectionsOfChild(child))
  return found.sort((left, right) => left.start - right.start)
}

/** All sections of what the key stands for. */
export function sectionsOfChild(child: Child): TomlSection[] {
  if (child.kind === 'pair') return []
  return child.kind === 'table' ? sectionsOf(child.table) : child.elements.flatMap(sectionsOf)
}

/** The pairs that make up a table of keys with dots; those below headers are part of their sections. */
export function pairsOfChild(child: Child): TomlEntry[] {
  if (child.kind === 'pair') return [child.entry]
  if (child.kind === 'elements' || child.table.section) return []
  return [...child.table.children.values()].flatMap(pairsOfChild)
}

/** The pairs directly in `{ … }`, or null when one of them has dots. */
export function plainItems(
  { items }: Pick<TomlElement, 'items'>,
  base: number,
): Map<string, TomlEntry> | null {
  const plain = new Map<string, TomlEntry>()
  for (const item of items) {
    if (item.path.length !== base + 1) return null
    plain.set(item.path[base] as string, item)
  }
  return plain
}

function openSection(root: TableNode, section: TomlSection): TableNode {
  let table = root
  section.path.forEach((part, index) => {
    const path = section.path.slice(0, index + 1)
    const isLast = index === section.path.length - 1
    let child = table.children.get(part)
    if (!child) {
      child =
        isLast && section.isElement
          ? { kind: 'elements', elements: [] }
          : { kind: 'table', table: emptyTable(path) }
      table.children.set(part, child)
    }
    if (child.kind === 'elements' && isLast && section.isElement) child.elements.push(emptyTable(path))
    const next = child.kind === 'table' ? child.table : child.kind === 'elements' && child.elements.at(-1)
    if (!next) throw new Error(`${section.path.join('.')} opens a value`)
    table = next
  })
  return table
}

function addEntry(table: TableNode, section: TomlSection, entry: TomlEntry): void {
  const parts = entry.path.slice(section.path.length)
  let inner = table
  parts.slice(0, -1).forEach((part, index) => {
    const prefix = parts.slice(0, index + 1)
    let child = inner.children.get(part)
    if (!child) {
      child = { kind: 'table', table: emptyTable([...section.path, ...prefix]) }
      inner.children.set(part, child)
    }
    if (child.kind !== 'table') throw new Error(`${entry.path.join('.')} lies in a value`)
    child.table.dotted = { section, prefix, last: entry }
    inner = child.table
  })
  inner.children.set(parts.at(-1) as string, { kind: 'pair', entry })
}

const emptyTable = (path: readonly string[]): TableNode => ({
  path,
  section: null,
  dotted: null,
  children: new Map(),
})
