/** Deployment sets: named lists of artifacts of a collection, which may hold other sets; `deployment-sets.toml` beside its manifest. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { decodeToml, parseToml } from '../../../../kernel/config/toml.ts'
import { setTables } from '../../../../kernel/config/toml-tables.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import { editTomlFile, readTomlFile, type TomlFile } from '../library/text-file.ts'
import { unlessAbsent } from '../operations/index.ts'
import type { WorkTools } from '../tools.ts'
import { type ArtifactRef, type Collection, findListed, openCollection } from './collection-artifacts.ts'

export type DeploymentSet = {
  name: string
  description: string
  /** `type:name`, or a name alone where only one type has it. */
  artifacts: string[]
  /** Names of other sets whose artifacts belong to it, too. */
  sets: string[]
}

export const setsName = 'deployment-sets.toml'
const fileOf = (folder: string): string => join(folder, setsName)
const types = new Set(['skill', 'command', 'agent', 'hook', 'mcp', 'workflow', 'composite'])

/** `skill:demo` as a reference; a colon that follows no type is part of the name. */
export function parseRef(text: string): ArtifactRef {
  const at = text.indexOf(':')
  const type = text.slice(0, at)
  return at > 0 && types.has(type) ? { type, name: text.slice(at + 1) } : { name: text }
}

/** Errors: `config.syntax`. */
export async function readSets(folder: string): Promise<DeploymentSet[]> {
  const file = fileOf(folder)
  const bytes = await readFile(file).catch(unlessAbsent)
  if (!bytes) return []
  const { sets } = parseToml(decodeToml(bytes, file).text, file).data
  return (Array.isArray(sets) ? sets.filter(isTable) : []).flatMap((row) =>
    typeof row.name === 'string' && row.name !== ''
      ? [
          {
            name: row.name,
            description: typeof row.description === 'string' ? row.description : '',
            artifacts: textsOf(row.artifacts),
            sets: textsOf(row.sets),
          },
        ]
      : [],
  )
}

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

/** The artifacts of these sets and of those in them, each once. Errors: `deploy.set_not_found`, `deploy.set_cycle`. */
export function expandSets(
  sets: readonly DeploymentSet[],
  names: readonly string[],
  collection: string,
  way: readonly string[] = [],
): ArtifactRef[] {
  const refs = new Map<string, ArtifactRef>()
  for (const name of names) {
    if (way.includes(name)) throw new SmdError('deploy.set_cycle', { way: [...way, name].join(' > ') })
    const set = sets.find((each) => each.name === name)
    if (!set) throw new SmdError('deploy.set_not_found', { name, collection })
    for (const text of set.artifacts) refs.set(text, parseRef(text))
    for (const ref of expandSets(sets, set.sets, collection, [...way, name]))
      refs.set(ref.type === undefined ? ref.name : `${ref.type}:${ref.name}`, ref)
  }
  return [...refs.values()]
}

type InCollection = { collection: string | null }

/** All sets of a collection by name. */
export async function listSets(
  tools: WorkTools,
  { collection }: InCollection,
): Promise<{ collection: string; items: DeploymentSet[] }> {
  const { name, folder } = await openCollection(tools, collection)
  const items = await readSets(folder)
  return { collection: name, items: items.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

/**
 * Makes a set, or replaces it; what it names must be there. Errors: `collection.artifact_not_found`, `collection.ambiguous`,
 * `deploy.set_not_found`, `deploy.set_cycle`.
 */
export function saveSet(
  tools: WorkTools,
  { collection: wanted, set }: InCollection & { set: DeploymentSet },
): Promise<{ collection: string; set: DeploymentSet; created: boolean }> {
  return tools.exclusively(async () => {
    const collection = await openCollection(tools, wanted)
    const artifacts = await Promise.all(set.artifacts.map((text) => spelledOut(collection, text)))
    const saved = { ...set, artifacts: [...new Set(artifacts)], sets: [...new Set(set.sets)] }
    const sets = await readSets(collection.folder)
    const created = !sets.some(({ name }) => name === set.name)
    const others = sets.filter(({ name }) => name !== set.name)
    expandSets([...others, saved], [set.name], collection.name)
    await writeSets(collection.folder, (rows) => [
      ...rows.map((row) => (row.name === set.name ? { ...row, ...saved } : row)),
      ...(created ? [saved] : []),
    ])
    return { collection: collection.name, set: saved, created }
  })
}

const spelledOut = async (collection: Collection, text: string): Promise<string> => {
  const { type, name } = await findListed(collection, parseRef(text))
  return `${type}:${name}`
}

/** Errors: `deploy.set_not_found`; `deploy.set_in_use` when another set holds it. */
export function deleteSet(
  tools: WorkTools,
  { collection: wanted, name }: InCollection & { name: string },
): Promise<{ collection: string; name: string }> {
  return tools.exclusively(async () => {
    const collection = await openCollection(tools, wanted)
    const sets = await readSets(collection.folder)
    if (!sets.some((set) => set.name === name))
      throw new SmdError('deploy.set_not_found', { name, collection: collection.name })
    const users = sets.filter((set) => set.sets.includes(name)).map((set) => set.name)
    if (users.length > 0) throw new SmdError('deploy.set_in_use', { name, users })
    await writeSets(collection.folder, (rows) => rows.filter((row) => row.name !== name))
    return { collection: collection.name, name }
  })
}

type Row = Record<string, unknown>

/** What is saved there meanwhile stays: the change is made again on it. */
async function writeSets(folder: string, change: (rows: readonly Row[]) => Row[]): Promise<void> {
  await editTomlFile(fileOf(folder), (file) => textWith(file, change))
}

/** The text of the sets after a change, for whoever writes it together with other files. Errors: `config.syntax`. */
export async function planSets(
  folder: string,
  change: (rows: readonly Row[]) => Row[],
): Promise<{ path: string; text: string; expected: string | null }> {
  const file = await readTomlFile(fileOf(folder))
  return { path: file.path, text: file.bom + textWith(file, change), expected: file.raw }
}

function textWith({ toml }: TomlFile, change: (rows: readonly Row[]) => Row[]): string {
  const rows = Array.isArray(toml.data.sets) ? toml.data.sets.filter(isTable) : []
  return setTables(toml, ['sets'], change(rows), (row) => String(row.name))
}
