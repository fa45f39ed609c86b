/** The groups of a request, as the collection lists them. */
import { realpath } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
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
  /** `linkedFrom`: places outside of the collection that lead to its files. */
  remove: Array<Listed & { filesRemoved: boolean; linkedFrom: string[] }>
  /** All of them are the same file by file. */
  isSame: boolean
}

type Take = Parameters<typeof readSource>[1]

/** How groups that were found are taken; those that somebody named are brought together as they are, or refused. */
export type FoundRules = {
  /** Only what is the same file by file. */
  onlySame: boolean
  /** How many groups at most. */
  limit: number
}

export type Listing = {
  groups: ListedGroup[]
  /** Of groups that were found: what cannot be brought together, and why. */
  warnings: string[]
  /** How many were found beyond the limit. */
  beyond: number
}

/**
 * Reads what belongs together. `found`: null for groups that somebody named. `copies`: what
 * no record names and may be a link to what goes. Errors, of those: `collection.artifact_not_found`,
 * `collection.ambiguous`, `collection.cannot_consolidate`, `collection.leads_outside`, `collection.bad_manifest`.
 */
export async function listGroups(
  collection: Collection,
  wanted: readonly WantedGroup[],
  found: FoundRules | null,
  take: Take,
  copies: readonly string[],
): Promise<Listing> {
  const groups: ListedGroup[] = []
  const warnings = new Set<string>()
  const limit = found?.limit ?? wanted.length
  let beyond = 0
  for (const group of wanted) {
    if (groups.length >= limit) {
      beyond++
      continue
    }
    const members = await membersOf(collection, group, take, (ref, error) => {
      if (found === null || !(error instanceof SmdError)) throw error
      warnings.add(`${ref} is passed over: ${error.message}`)
    })
    if (found?.onlySame) groups.push(...bySame(members).map(toGroup))
    // What is alike is like the one to keep, which may have been passed over.
    else if (members.length > 1 && members[0]?.ref === group.keep) groups.push(toGroup(members))
  }
  beyond += groups.splice(limit).length
  checkOnce(groups)
  await markShared(collection, groups, copies)
  return { groups, warnings: [...warnings], beyond }
}

type Member = Listed & { ref: string }

async function membersOf(
  collection: Collection,
  { keep, remove }: WantedGroup,
  take: Take,
  refused: (ref: string, error: unknown) => void,
): Promise<Member[]> {
  const members: Member[] = []
  for (const ref of [keep, ...remove]) {
    try {
      members.push({ ref, ...(await find(collection, ref, take)) })
    } catch (error) {
      refused(ref, error)
    }
  }
  return members
}

/** What is the same file by file, each around the first of them: the cache knows neither modes nor what was written just now. */
function bySame(members: readonly Member[]): Member[][] {
  const found: Member[][] = []
  for (const each of members) {
    const same = found.find(([first]) => first && isSameAs(first, each))
    if (same) same.push(each)
    else found.push([each])
  }
  return found.filter(({ length }) => length > 1)
}

const isSameAs = (one: Listed, other: Listed): boolean =>
  isSame(contentOf(one.source.tree), contentOf(other.source.tree))

function toGroup(members: readonly Listed[]): ListedGroup {
  const [keep, ...others] = members as [Listed, ...Listed[]]
  return {
    keep,
    remove: others.map((each) => ({ ...each, filesRemoved: true, linkedFrom: [] })),
    isSame: others.every((each) => isSameAs(keep, each)),
  }
}

/** Errors: `collection.cannot_consolidate`, for what is of two types, or has two fates. */
function checkOnce(groups: readonly ListedGroup[]): void {
  const taken = new Map<ArtifactRow, 'keep' | 'remove'>()
  for (const { keep, remove } of groups) {
    for (const [n, { row, type }] of [keep, ...remove].entries()) {
      const fate = n === 0 ? 'keep' : 'remove'
      const before = taken.get(row)
      if (type !== keep.type) throw refuse([keep.row, row], 'they are of different types')
      // One may be kept of several groups.
      if (before === 'remove' || (before && fate === 'remove'))
        throw refuse([keep.row, row], `${row.name} is named twice`)
      taken.set(row, fate)
    }
  }
}

/** Files stay that an entry names which stays, or to which something leads that nobody would change. */
async function markShared(
  { folder, manifest }: Collection,
  groups: readonly ListedGroup[],
  copies: readonly string[],
): Promise<void> {
  const gone = groups.flatMap(({ remove }) => remove)
  const removed = new Set(gone.map(({ row }) => row))
  const stay = manifest.artifacts.filter((row) => !removed.has(row))
  for (const each of gone) each.filesRemoved = !stay.some((row) => overlaps(row, each.row))
  const meeting = async (path: string) => {
    const real = await realOf(path)
    return real === null ? [] : gone.filter(({ source }) => meets(real, source.path))
  }
  for (const row of gone.length > 0 ? stay : [])
    for (const each of await meeting(resolve(folder, row.path))) each.filesRemoved = false
  for (const path of copies) {
    for (const each of await meeting(path)) {
      each.filesRemoved = false
      each.linkedFrom.push(path)
    }
  }
}

/** Whether one is the other, or lies inside of it. */
const meets = (one: string, other: string): boolean =>
  one === other || one.startsWith(other + sep) || other.startsWith(one + sep)

/** Where a path really leads; null where it leads nowhere, or nobody can tell. */
export const realOf = (path: string): Promise<string | null> =>
  realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined) throw error
    return null
  })

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
