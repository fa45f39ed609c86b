import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DaemonContext } from '../../context.ts'
import { doWork } from './do-work.ts'
import { libraryPlaces } from './work/places.ts'

/**
 * Ends what a killed daemon left half done, without anybody asking for a change; one look at a folder when there is nothing.
 * What cannot be ended yet is told in the log and tried again with the next change.
 */
export async function recoverLeftovers(ctx: DaemonContext): Promise<void> {
  const { own } = libraryPlaces(ctx.folders)
  const names = await readdir(join(own, 'operations', 'open')).catch(() => [])
  const operations = names.filter((name) => name.endsWith('.json'))
  if (operations.length === 0) return
  ctx.log.warn('a change was cut short; it is brought to its end or its beginning', { operations })
  await doWork(ctx, 'recover', {}).catch((error) =>
    ctx.log.error('what was cut short could not be ended', { error: String((error as Error).stack) }),
  )
}
