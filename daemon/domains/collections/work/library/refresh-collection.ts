import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { sameValue } from '../../../../kernel/config/toml-rows.ts'
import { isTable } from '../../../../kernel/config/value.ts'
import type { WorkTools } from '../tools.ts'
import { isThere, openCollection, placeOfRow } from './collection-folder.ts'
import { addedTypes, inspectArtifact } from './inspect.ts'
import { type ArtifactRow, editManifest, kindOf } from './manifest.ts'
import { unlessAbsent } from './text-file.ts'

export type Refreshed = {
  name: string
  path: string
  /** Rows whose metadata follows what their files say now, and which keys of it. */
  changed: Array<{ name: string; type: string; fields: string[] }>
  /** Rows without files. */
  missing: Array<{ name: string; type: string }>
  /** Files without a row, relative to the collection. */
  untracked: string[]
}

/**
 * Brings the metadata in the manifest in line with the files of the collection, and tells what is missing and what is not
 * listed. With `dryRun` nothing is changed. Keys that files do not speak of stay as they are.
 */
export function refreshCollection(
  tools: WorkTools,
  { name, dryRun }: { name: string | null; dryRun: boolean },
): Promise<Refreshed> {
  const run = async (): Promise<Refreshed> => {
    const collection = await openCollection(tools, name)
    const { folder, manifest } = collection
    const result: Refreshed = { name: collection.name, path: folder, changed: [], missing: [], untracked: [] }
    const fresh = new Map<string, Record<string, unknown>>()
    const listed = new Set<string>()
    for (const row of manifest.artifacts) {
      const path = await placeOfRow(collection, row)
      listed.add(path)
      const type = kindOf(row.type)
      if (!(await isThere(path))) result.missing.push({ name: row.name, type })
      else {
        const metadata = await metadataNow(path, row)
        const fields = metadata === null ? [] : differing(row.metadata, metadata)
        if (metadata === null || fields.length === 0) continue
        fresh.set(keyOf(row), metadata)
        result.changed.push({ name: row.name, type, fields })
      }
    }
    result.untracked = await untrackedIn(folder, listed)
    if (!dryRun && fresh.size > 0) {
      await editManifest(folder, tools.now, ({ artifacts }) => {
        // Over what stands there by now, which somebody may have written since.
        for (const row of artifacts) {
          const metadata = fresh.get(keyOf(row))
          if (metadata) row.metadata = { ...(isTable(row.metadata) ? row.metadata : {}), ...metadata }
        }
      })
    }
    return result
  }
  return dryRun ? run() : tools.exclusively(run)
}

const keyOf = (row: ArtifactRow): string => `${row.type}::${row.name}`

/** Null when the files do not make up an artifact of that type now. */
async function metadataNow(path: string, row: ArtifactRow): Promise<Record<string, unknown> | null> {
  const type = addedTypes.find((each) => each === kindOf(row.type))
  if (!type || type === 'hook' || type === 'mcp') return null
  try {
    return (await inspectArtifact(path, type, row.name)).metadata
  } catch (error) {
    if (error instanceof SmdError) return null
    throw error
  }
}

function differing(old: unknown, now: Record<string, unknown>): string[] {
  const before = isTable(old) ? old : {}
  return Object.keys(now).filter((key) => !sameValue(before[key], now[key]))
}

const containers = ['skills', 'commands', 'agents', 'hooks', 'mcp', 'workflows', 'composites']

async function untrackedIn(folder: string, listed: ReadonlySet<string>): Promise<string[]> {
  const untracked: string[] = []
  for (const container of containers) {
    const names = (await readdir(join(folder, container)).catch(unlessAbsent)) ?? []
    for (const name of names.sort()) {
      const path = join(folder, container, name)
      const isListed = listed.has(path) || [...listed].some((each) => each.startsWith(`${path}/`))
      if (!name.startsWith('.') && !isListed) untracked.push(`${container}/${name}`)
    }
  }
  return untracked
}
