/** The groups of a request, as the collection lists them. */
import { sep } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { parseRef } from '../deploy/sets.ts'
import { readSource, type Source } from '../deploy/sources.ts'
import { type Collection, findRow, overlaps, placeOfRow } from '../library/collection-folder.ts'
import { type ArtifactRow, kindOf } from '../library/manifest.ts'
import type { Tree } from '../objects/index.ts'
import { contentOf, isSame } from '../operations/index.ts'

/** What a caller wants: `type:name`, or a name alone where only one type has it. */
export type WantedGroup = { keep: string; remove: readonly string[] }

/** An artifact of the collection with what it consists of. */
export type Listed = { row: ArtifactRow; type: string; source: Source & { tree: Tree } }

export type ListedGroup = {
  keep: Listed
  remove: Array<Listed & { filesRemoved: boolean }>
  /** All of them are the same file by file. */
  isSame: boolean
}

type Take = Parameters<typeof readSource>[1]

/**
 * Reads what belongs together. Errors: `collection.artifact_not_found`, `collection.ambiguous`,
 * `collection.cannot_consolidate`, `collection.leads_outside`.
 */
export async function listGroups(
  collection: Collection,
  wanted: readonly WantedGroup[],
  take: Take,
): Promise<ListedGroup[]> {
  const groups: ListedGroup[] = []
  const taken = new Map<ArtifactRow, 'keep' | 'remove'>()
  for (const group of wanted) {
    const keep = await find(collection, group.keep, take)
    const others: Listed[] = []
    for (const ref of group.remove) others.push(await find(collection, ref, take))
    for (const [n, { row, type }] of [keep, ...others].entries()) {
      const fate = n === 0 ? 'keep' : 'remove'
      const before = taken.get(row)
      if (type !== keep.type) throw refuse([keep.row, row], 'they are of different types')
      // One may be kept of several groups.
      if (before === 'remove' || (before && fate === 'remove'))
        throw refuse([keep.row, row], `${row.name} is named twice`)
      taken.set(row, fate)
    }
    groups.push({
      keep,
      remove: others.map((each) => ({ ...each, filesRemoved: true })),
      isSame: others.every((each) => isSame(contentOf(each.source.tree), contentOf(keep.source.tree))),
    })
  }
  const removed = new Set(groups.flatMap(({ remove }) => remove.map(({ row }) => row)))
  const stay = collection.manifest.artifacts.filter((row) => !removed.has(row))
  // Files that an entry names which stays are not only the removed one's.
  for (const each of groups.flatMap(({ remove }) => remove))
    each.filesRemoved = !stay.some((row) => overlaps(row, each.row))
  return groups
}

/** Absolute paths of what goes, each once, without what lies inside of another one. */
export function placesOf(groups: readonly Pick<ListedGroup, 'remove'>[]): string[] {
  const gone = groups.flatMap(({ remove }) => remove).filter(({ filesRemoved }) => filesRemoved)
  const paths = [...new Set(gone.map(({ source }) => source.path))]
  return paths.filter((path) => !paths.some((other) => path.startsWith(other + sep)))
}

async function find(collection: Collection, ref: string, take: Take): Promise<Listed> {
  const { name, type } = parseRef(ref)
  const exact = collection.manifest.artifacts.filter(
    (row) => row.name === name && (type === undefined || kindOf(row.type) === type),
  )
  const [only] = exact
  const row = only && exact.length === 1 ? only : findRow(collection, name, type ?? null)
  const listed = { name: row.name, type: kindOf(row.type), collection: collection.name, uuid: uuidOf(row) }
  const source = await readSource({ ...listed, path: await placeOfRow(collection, row), problem: null }, take)
  const { tree, problem } = source
  if (tree === null || problem !== null)
    throw refuse([row], problem === 'no_files' ? 'its files are gone' : 'its files cannot be read as a whole')
  return { row, type: listed.type, source: { ...source, tree } }
}

const uuidOf = ({ uuid }: ArtifactRow): string | null => (typeof uuid === 'string' ? uuid : null)

const refuse = (rows: readonly ArtifactRow[], reason: string): SmdError =>
  new SmdError('collection.cannot_consolidate', {
    names: [...new Set(rows.map(({ name }) => name))].join(' and '),
    reason,
  })
