/** What changes in the manifest, the lock and the sets of a collection when artifacts are brought together. */
import { sameValue } from '../../../../kernel/config/toml-rows.ts'
import type { Row } from '../../../../kernel/config/toml-tables.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { memberResolver } from '../../../cache/scan/index.ts'
import { parseRef, planSets, readSets } from '../deploy/sets.ts'
import type { Collection } from '../library/collection-folder.ts'
import { lockKey, planLock } from '../library/lock-file.ts'
import { type ArtifactRow, kindOf, type ManifestTables, planManifest } from '../library/manifest.ts'
import type { TextChange } from '../operations/index.ts'
import type { ListedGroup } from './groups.ts'

/** What the kept one has from the others afterwards. */
export type Gains = {
  tags: string[]
  groups: string[]
  sets: string[]
  links: string[]
  /** The source it takes over; null when it has one, or none of the others does, or they are not the same. */
  source: string | null
}

/** Keys of a row that say where an artifact is from. */
const provenance = [
  'origin',
  'origin_source',
  'upstream',
  'version_spec',
  'resolved_sha',
  'resolved_version',
] as const

/** The texts after all groups were brought together, and what each of the kept ones gains. Errors: those of the files. */
export async function planTexts(
  { folder }: Pick<Collection, 'folder'>,
  groups: readonly ListedGroup[],
  now: number,
): Promise<{ texts: TextChange[]; gains: Gains[] }> {
  const gains = groups.map(
    (group): Gains => ({
      tags: [],
      groups: [],
      sets: [],
      links: [],
      source: heirOf(group)?.upstream ?? null,
    }),
  )
  const manifest = await planManifest(folder, now, (tables) => {
    // The plan may be made again on what is there by then.
    for (const [n, group] of groups.entries()) Object.assign(gains[n] as Gains, mergeRows(tables, group))
    const kept = keptOf(groups)
    for (const [row, names] of renameMembers(tables, kept))
      for (const name of names) gains[indexOf(groups, name)]?.groups.push(String(row.name))
    for (const [row, names] of renameLinks(tables, kept))
      for (const name of names) gains[indexOf(groups, name)]?.links.push(row.name)
    const gone = new Set(kept.keys())
    tables.artifacts = tables.artifacts.filter((row) => !gone.has(refOf(row)))
  })
  const lock = await planLock(folder, (entries) => {
    for (const group of groups) {
      for (const { row } of group.remove) {
        const heir = heirOf(group) === row ? entries[lockKey(row.name, row.type)] : undefined
        const own = entries[lockKey(group.keep.row.name, group.keep.row.type)]
        if (heir && own)
          for (const key of ['upstream', 'resolved_sha', 'resolved_version'] as const)
            if (heir[key] !== undefined) own[key] = heir[key]
        delete entries[lockKey(row.name, row.type)]
      }
    }
  })
  const texts: TextChange[] = [manifest, lock]
  const sets = await renamedSets(folder, groups)
  for (const [name, refs] of sets.changed)
    for (const ref of refs) gains[indexOf(groups, ref)]?.sets.push(name)
  if (sets.text) texts.push(sets.text)
  return { texts, gains }
}

const refOf = (row: ArtifactRow): string => `${kindOf(row.type)}:${row.name}`

/** From the reference of each that goes to that of the one that is kept. */
const keptOf = (groups: readonly ListedGroup[]): Map<string, string> =>
  new Map(groups.flatMap(({ keep, remove }) => remove.map(({ row }) => [refOf(row), refOf(keep.row)])))

const indexOf = (groups: readonly ListedGroup[], kept: string): number =>
  groups.findIndex(({ keep }) => refOf(keep.row) === kept)

/** Whose source the kept one follows from now on: only of the same content, or an update would bring what nobody chose. */
function heirOf({ keep, remove, isSame }: ListedGroup): (ArtifactRow & { upstream: string }) | null {
  if (!isSame || typeof keep.row.upstream === 'string') return null
  const found = remove.find(({ row }) => typeof row.upstream === 'string' && row.upstream !== '')
  return (found?.row ?? null) as (ArtifactRow & { upstream: string }) | null
}

function mergeRows({ artifacts }: ManifestTables, group: ListedGroup): Gains {
  const find = (wanted: ArtifactRow) => artifacts.find((row) => refOf(row) === refOf(wanted))
  const row = find(group.keep.row)
  const heir = heirOf(group)
  const own = row ? tagsOf(row) : []
  const known = new Set(own.map((tag) => tag.toLowerCase()))
  const tags = group.remove
    .flatMap((each) => tagsOf(find(each.row) ?? each.row))
    .filter((tag) => !known.has(tag.toLowerCase()) && known.add(tag.toLowerCase()))
  if (row && tags.length > 0) row.tags = [...textsOf(row.tags), ...tags]
  if (row && heir) Object.assign(row, sourceOf(heir))
  return { tags, groups: [], sets: [], links: [], source: heir?.upstream ?? null }
}

const sourceOf = (row: ArtifactRow): Row =>
  Object.fromEntries(provenance.flatMap((key) => (row[key] === undefined ? [] : [[key, row[key]]])))

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

const tagsOf = ({ tags, metadata }: ArtifactRow): string[] => [
  ...textsOf(tags),
  ...textsOf(isTable(metadata) ? metadata.tags : []),
]

/** Where one that goes is a member, the kept one takes its place; answers the groups in which it was none before. */
function renameMembers(
  { artifacts, groups }: ManifestTables,
  kept: ReadonlyMap<string, string>,
): Map<Row, string[]> {
  const resolve = memberResolver(artifacts.map(({ type, name }) => ({ type: kindOf(type), name })))
  const changed = new Map<Row, string[]>()
  for (const row of groups) {
    const before = textsOf(row.members)
    const meant = before.map((member) => {
      const { type, name, isResolved } = resolve(member)
      return { member, ref: isResolved ? `${type}:${name}` : member }
    })
    const gone = meant.filter(({ ref }) => kept.has(ref))
    if (gone.length === 0) continue
    const present = new Set(meant.map(({ ref }) => ref))
    const seen = new Set<string>()
    row.members = meant.flatMap(({ member, ref }) => {
      const to = kept.get(ref)
      const isFirst = !seen.has(to ?? ref)
      seen.add(to ?? ref)
      return isFirst ? [to ?? member] : []
    })
    const taken = new Set(gone.map(({ ref }) => kept.get(ref) as string).filter((ref) => !present.has(ref)))
    changed.set(row, [...taken])
  }
  return changed
}

/** Artifacts that say they belong to one that goes say so of the kept one (`metadata.linked_artifacts`). */
function renameLinks(
  { artifacts }: ManifestTables,
  kept: ReadonlyMap<string, string>,
): Map<ArtifactRow, string[]> {
  const changed = new Map<ArtifactRow, string[]>()
  for (const row of artifacts) {
    const { metadata } = row
    if (!isTable(metadata) || !Array.isArray(metadata.linked_artifacts)) continue
    const to: string[] = []
    const links = metadata.linked_artifacts.map((link: unknown) => {
      if (!isTable(link)) return link
      const ref = kept.get(`${kindOf(link.artifact_type)}:${String(link.artifact_name)}`)
      if (ref === undefined) return link
      to.push(ref)
      const { artifact_id: _, ...rest } = link
      return { ...rest, artifact_name: parseRef(ref).name }
    })
    if (to.length === 0) continue
    // What is linked twice now counts once, and nothing is linked to itself.
    metadata.linked_artifacts = links.filter(
      (link, n) =>
        links.findIndex((other) => sameValue(other, link)) === n &&
        !(isTable(link) && `${kindOf(link.artifact_type)}:${String(link.artifact_name)}` === refOf(row)),
    )
    changed.set(row, [...new Set(to)])
  }
  return changed
}

/** The sets with the kept one in the place of those that go; no text when none of them is in any. */
async function renamedSets(
  folder: string,
  groups: readonly ListedGroup[],
): Promise<{ text: TextChange | null; changed: Map<string, string[]> }> {
  const removed = groups.flatMap(({ keep, remove }) => remove.map((each) => ({ each, to: refOf(keep.row) })))
  const toOf = (text: string): string | undefined => {
    const { name, type } = parseRef(text)
    return removed.find(
      ({ each }) => each.row.name === name && (type === undefined || kindOf(type) === each.type),
    )?.to
  }
  const changed = new Map<string, string[]>()
  for (const { name, artifacts } of await readSets(folder)) {
    const to = artifacts.flatMap((text) => toOf(text) ?? [])
    if (to.length > 0)
      changed.set(
        name,
        [...new Set(to)].filter((ref) => !artifacts.includes(ref)),
      )
  }
  if (changed.size === 0) return { text: null, changed }
  const text = await planSets(folder, (rows) =>
    rows.map((row) =>
      changed.has(String(row.name))
        ? { ...row, artifacts: [...new Set(textsOf(row.artifacts).map((each) => toOf(each) ?? each))] }
        : row,
    ),
  )
  return { text, changed }
}
