import { SmdError } from '../../../../../protocol/errors.ts'
import { type RefreshField, refreshFields } from '../../../../../protocol/vocabulary.ts'
import { sameValue } from '../../../../kernel/config/toml-rows.ts'
import { type Operation, standingOperations, systemCalls } from '../operations/index.ts'
import { libraryPlaces } from '../places.ts'
import type { WorkTools } from '../tools.ts'
import { changeCollection } from './change-collection.ts'
import { openCollection } from './collection-folder.ts'
import { type ArtifactRow, kindOf, parseManifest, planManifest } from './manifest.ts'
import { fieldOf, keyOf, setField } from './refresh-collection.ts'

type Fields = { name: string; type: string; fields: RefreshField[] }

export type RefreshRolledBack = {
  name: string
  path: string
  undoes: string
  /** Unix ms. */
  at: number
  restored: Fields[]
  kept: Fields[]
  operation: string | null
}

/**
 * Takes the newest refresh of a collection back that still stands: each field that is as the refresh left it becomes what it
 * was before. Whatever else came into the manifest since then stays. Errors: `collection.no_refresh`, those of
 * `openCollection` and `changeCollection`.
 */
export function rollbackRefresh(
  tools: WorkTools,
  { name, dryRun }: { name: string | null; dryRun: boolean },
): Promise<RefreshRolledBack> {
  const run = async (): Promise<RefreshRolledBack> => {
    const collection = await openCollection(tools, name)
    const { folder, manifest } = collection
    const { id, at, changes } = await lastRefresh(tools, collection)
    const { restored, kept } = judge(manifest.artifacts, changes)
    const about = { name: collection.name, path: folder, undoes: id, at }
    if (dryRun) return { ...about, restored, kept, operation: null }
    let done = { restored, kept }
    const operation = await changeCollection(tools, async () => ({
      kind: 'undo',
      title: `Undo: refresh ${collection.name}`,
      undoes: id,
      folder,
      places: [],
      texts: [
        await planManifest(folder, tools.now, ({ artifacts }) => {
          done = judge(artifacts, changes)
          for (const row of artifacts)
            for (const { field, before, after } of changes.get(keyOf(row)) ?? [])
              if (sameValue(fieldOf(row, field) ?? null, after)) setField(row, field, before)
        }),
      ],
    }))
    return { ...about, ...done, operation }
  }
  return dryRun ? run() : tools.exclusively(run)
}

type Change = { field: RefreshField; before: unknown; after: unknown }
/** By `type::name`. */
type Changes = ReadonlyMap<string, Change[]>

async function lastRefresh(
  { folders }: WorkTools,
  { name, folder }: { name: string; folder: string },
): Promise<{ id: string; at: number; changes: Changes }> {
  const { own } = libraryPlaces(folders)
  for await (const operation of standingOperations(own, systemCalls)) {
    if (operation.kind !== 'refresh') continue
    const changes = changesOf(operation, folder)
    if (changes) return { id: operation.id, at: operation.at, changes }
  }
  throw new SmdError('collection.no_refresh', { name })
}

/** What it changed in the manifest of this collection; null when it was another one. */
function changesOf({ projects }: Operation, folder: string): Changes | null {
  const [text] = projects.find((project) => project.folder === folder)?.texts ?? []
  if (!text || text.before === null || text.text === null) return null
  const [before, after] = [parseManifest(text.path, text.before), parseManifest(text.path, text.text)]
  const old = new Map(before.artifacts.map((row) => [keyOf(row), row]))
  const changes = new Map<string, Change[]>()
  for (const row of after.artifacts) {
    const was = old.get(keyOf(row))
    const found = refreshFields.flatMap((field): Change[] => {
      const [before, after] = [was && fieldOf(was, field), fieldOf(row, field)]
      return sameValue(before, after) ? [] : [{ field, before: before ?? null, after: after ?? null }]
    })
    if (found.length > 0) changes.set(keyOf(row), found)
  }
  return changes
}

/** Which fields are as the refresh left them, and which were changed since. Rows that are gone are in neither. */
function judge(artifacts: readonly ArtifactRow[], changes: Changes): { restored: Fields[]; kept: Fields[] } {
  const [restored, kept]: [Fields[], Fields[]] = [[], []]
  for (const row of artifacts) {
    const own = changes.get(keyOf(row)) ?? []
    const isAsLeft = ({ field, after }: Change): boolean => sameValue(fieldOf(row, field) ?? null, after)
    const put = (list: Fields[], some: readonly Change[]): void => {
      if (some.length > 0)
        list.push({ name: row.name, type: kindOf(row.type), fields: some.map(({ field }) => field) })
    }
    put(restored, own.filter(isAsLeft))
    put(
      kept,
      own.filter((change) => !isAsLeft(change)),
    )
  }
  return { restored, kept }
}
