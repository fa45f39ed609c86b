/** Groups in the manifest of a collection (formats spec section 13, MP-2.2 and MP-2.3). */
import { SmdError } from '../../../../../protocol/errors.ts'
import type { Row } from '../../../../kernel/config/toml-tables.ts'
import { type GroupLabel, memberResolver } from '../../../cache/scan/index.ts'
import { openCollection } from '../library/collection-folder.ts'
import { editManifest, kindOf, type ManifestTables, readManifest } from '../library/manifest.ts'
import { snapshotBefore } from '../snapshots/index.ts'
import type { WorkTools } from '../tools.ts'
import { resolveArtifacts } from './artifact-refs.ts'
import { labelsIn } from './library-manifests.ts'

export type GroupsChanged = {
  collection: string
  folder: string
  /** All groups of the collection, in their order. */
  groups: GroupLabel[]
  /** Name of the one that was meant, as it is called now. */
  name: string
}

type Which = { collection: string | null; name: string }
type Looks = { description?: string; color?: string; icon?: string; position?: number }

/** Errors: `collection.not_found`, `group.duplicate`, `label.*`. */
export const createGroup = (
  tools: WorkTools,
  { collection, name, members, position, ...looks }: Which & Looks & { members: string[] },
): Promise<GroupsChanged> =>
  change(tools, collection, (tables, own) => {
    checkFree(tables, own, name)
    const keys = resolveArtifacts(own, tables, members)
    const row = {
      name,
      description: '',
      color: 'slate',
      icon: 'layers',
      ...looks,
      position: 0,
      members: keys,
    }
    place(tables, row, position)
    return name
  })

/** Errors: `collection.not_found`, `group.not_found`, `group.duplicate`. */
export const updateGroup = (
  tools: WorkTools,
  { collection, name, newName = name, position, ...looks }: Which & Looks & { newName?: string },
): Promise<GroupsChanged> =>
  change(tools, collection, (tables, own) => {
    const row = findGroup(tables, own, name)
    if (newName !== name) checkFree(tables, own, newName)
    Object.assign(row, { name: newName, ...looks })
    if (position !== undefined) place(tables, row, position)
    return newName
  })

/** Answers the group as it was. Errors: `collection.not_found`, `group.not_found`, those of taking a snapshot. */
export async function deleteGroup(tools: WorkTools, { collection, name }: Which): Promise<GroupsChanged> {
  return tools.exclusively(async () => {
    const opened = await openCollection(tools, collection)
    findGroup(opened.manifest, opened.name, name)
    const { groups } = labelsIn(opened.manifest)
    await snapshotBefore(tools, opened.name, `Delete the group ${name}`, ['collection.toml'])
    await editManifest(opened.folder, tools.now, (tables) => {
      findGroup(tables, opened.name, name)
      tables.groups = tables.groups.filter((row) => row.name !== name)
      number(tables)
    })
    return { collection: opened.name, folder: opened.folder, groups, name }
  })
}

/**
 * Copies a group; members that the other collection does not have stay unresolved there, until it has them. Errors:
 * `collection.not_found`, `group.not_found`, `group.duplicate`.
 */
export async function copyGroup(
  tools: WorkTools,
  { collection, name, to, newName }: Which & { to: string | null; newName: string | null },
): Promise<GroupsChanged> {
  return tools.exclusively(async () => {
    const source = await openCollection(tools, collection)
    const row = structuredClone(findGroup(source.manifest, source.name, name))
    const wanted = newName ?? name
    const members = canonical(source.manifest, membersOf(row))
    const target = await openCollection(tools, to ?? source.name)
    return edit(tools, target, (tables, own) => {
      checkFree(tables, own, wanted)
      place(tables, { ...row, name: wanted, members }, undefined)
      return wanted
    })
  })
}

/** Errors: `collection.not_found`, `group.not_found`. */
export const reorderGroups = (
  tools: WorkTools,
  { collection, names }: { collection: string | null; names: string[] },
): Promise<GroupsChanged> =>
  change(tools, collection, (tables, own) => {
    const first = [...new Set(names)].map((name) => findGroup(tables, own, name))
    const rest = inOrder(tables).filter((row) => !first.includes(row))
    setOrder(tables, [...first, ...rest])
    return names[0] ?? ''
  })

export type MemberChange = Which & {
  add: string[]
  remove: string[]
  position: number | null
  from: string | null
}

/** Errors: `collection.not_found`, `group.not_found`, `label.*`. */
export const assignMembers = (
  tools: WorkTools,
  { collection, name, add, remove, position, from }: MemberChange,
): Promise<GroupsChanged> =>
  change(tools, collection, (tables, own) => {
    const row = findGroup(tables, own, name)
    const added = resolveArtifacts(own, tables, add)
    if (from !== null) {
      const former = findGroup(tables, own, from)
      former.members = without(tables, membersOf(former), added)
    }
    // What means no artifact is taken out by its text.
    const gone = new Set([...canonical(tables, remove), ...added])
    const kept = without(tables, membersOf(row), [...gone])
    const at = Math.min(position ?? kept.length, kept.length)
    row.members = [...kept.slice(0, at), ...added, ...kept.slice(at)]
    return name
  })

/** Errors: `collection.not_found`, `group.not_found`, `label.*`. */
export const orderMembers = (
  tools: WorkTools,
  { collection, name, members }: Which & { members: string[] },
): Promise<GroupsChanged> =>
  change(tools, collection, (tables, own) => {
    const row = findGroup(tables, own, name)
    const present = canonical(tables, membersOf(row))
    const first = canonical(tables, members)
    const stranger = first.find((member) => !present.includes(member))
    if (stranger !== undefined)
      throw new SmdError('label.unknown_artifact', {
        collection: `${own}, group ${name}`,
        artifact: stranger,
      })
    row.members = [...new Set([...first, ...present])]
    return name
  })

type Change = (tables: ManifestTables, collection: string) => string

function change(tools: WorkTools, collection: string | null, work: Change): Promise<GroupsChanged> {
  return tools.exclusively(async () => edit(tools, await openCollection(tools, collection), work))
}

async function edit(
  tools: WorkTools,
  { name: collection, folder }: { name: string; folder: string },
  work: Change,
): Promise<GroupsChanged> {
  let name = ''
  await editManifest(folder, tools.now, (tables) => {
    name = work(tables, collection)
  })
  const manifest = await readManifest(folder)
  if (!manifest) throw new SmdError('collection.not_found', { name: collection })
  return { collection, folder, groups: labelsIn(manifest).groups.sort(byPosition), name }
}

/** Errors: `group.not_found`. */
function findGroup({ groups }: Pick<ManifestTables, 'groups'>, collection: string, name: string): Row {
  const row = groups.find((each) => each.name === name)
  if (!row) throw new SmdError('group.not_found', { name, collection })
  return row
}

function checkFree({ groups }: ManifestTables, collection: string, name: string): void {
  if (groups.some((row) => row.name === name)) throw new SmdError('group.duplicate', { name, collection })
}

const membersOf = ({ members }: Row): string[] =>
  Array.isArray(members) ? members.filter((member) => typeof member === 'string') : []

/** As `type:name` where one artifact is meant, else as they stand; each once. */
function canonical({ artifacts }: Pick<ManifestTables, 'artifacts'>, members: readonly string[]): string[] {
  const resolve = memberResolver(artifacts.map(({ type, name }) => ({ type: kindOf(type), name })))
  const texts = members.map((member) => {
    const { type, name, isResolved } = resolve(member)
    return isResolved ? `${type}:${name}` : member
  })
  return [...new Set(texts)]
}

const without = (tables: ManifestTables, members: readonly string[], gone: readonly string[]): string[] =>
  canonical(tables, members).filter((member) => !gone.includes(member))

export const byPosition = (
  a: { position: number; name: string },
  b: { position: number; name: string },
): number => a.position - b.position || (a.name < b.name ? -1 : 1)

/** The groups' rows by position; those without one stay where they are in the file. */
const inOrder = ({ groups }: ManifestTables): Row[] =>
  groups
    .map((row, at) => ({ row, position: typeof row.position === 'number' ? row.position : at, at }))
    .sort((a, b) => a.position - b.position || a.at - b.at)
    .map(({ row }) => row)

/** Puts a group among the others, whose numbers follow. */
function place(tables: ManifestTables, row: Row, position: number | undefined): void {
  const others = inOrder(tables).filter((each) => each !== row)
  const at = Math.min(position ?? others.length, others.length)
  setOrder(tables, [...others.slice(0, at), row, ...others.slice(at)])
}

const number = (tables: ManifestTables): void => setOrder(tables, inOrder(tables))

/** The file has groups in their order (formats spec section 13.1). */
function setOrder(tables: ManifestTables, rows: readonly Row[]): void {
  tables.groups = rows.map((row, position) => Object.assign(row, { position }))
}
