import { realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { readTree } from '../objects/index.ts'
import { contentAt, markOf, systemCalls } from '../operations/index.ts'
import { snapshotBefore } from '../snapshots/index.ts'
import type { WorkTools } from '../tools.ts'
import { changeCollection } from './change-collection.ts'
import { openCollection } from './collection-folder.ts'

export type Deleted = { name: string; path: string; artifactCount: number; operation: string | null }

/**
 * Removes a collection with everything in it, which is kept for undo; the active one stays. With `dryRun` it only says what
 * would go. Errors: `collection.active`, `collection.not_found`, those of `changeCollection`.
 */
export function deleteCollection(
  tools: WorkTools,
  { name, dryRun }: { name: string; dryRun: boolean },
): Promise<Deleted> {
  const run = async (): Promise<Deleted> => {
    const { active, folder, manifest } = await openCollection(tools, name)
    if (active) throw new SmdError('collection.active', { name })
    const found = { name, path: folder, artifactCount: manifest.artifacts.length }
    if (dryRun) return { ...found, operation: null }
    await snapshotBefore(tools, name, `Delete the collection ${name}`)
    const operation = await changeCollection(tools, async () => ({
      kind: 'remove',
      title: `delete the collection ${name}`,
      folder: await realpath(dirname(folder)),
      places: [
        { path: folder, want: null, expected: markOf(await contentAt(folder, systemCalls, readTree)) },
      ],
      texts: [],
    }))
    return { ...found, operation }
  }
  return dryRun ? run() : tools.exclusively(run)
}
