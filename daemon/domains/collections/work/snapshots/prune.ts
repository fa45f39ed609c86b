import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { automaticPrefix, eachSnapshot } from './snapshot-file.ts'

/** How many automatic snapshots of a collection are kept; those that people asked for stay for ever. */
const keptAutomatic = 50

/** Removes the oldest automatic snapshots; what only they refer to goes with the next collection of garbage. */
export async function pruneAutomatic(folder: string): Promise<number> {
  let kept = 0
  let removed = 0
  for await (const { id, message } of eachSnapshot(folder)) {
    if (!message.startsWith(automaticPrefix) || ++kept <= keptAutomatic) continue
    await unlink(join(folder, `${id}.json`))
    removed++
  }
  return removed
}
