import type { DaemonContext } from '../../context.ts'
import { selectUnitsAt } from './units-repo.ts'

/** Folders below which work has changed something. */
export type Touched = {
  /** Real paths of projects and collections; the home folder stands for what the user has for all projects. */
  paths: readonly string[]
  /** A collection or a project came or went, which only a look around tells. */
  isNew?: boolean
}

/**
 * Brings the cache in line with what was just changed, and with nothing else, before the change is answered: whoever asks
 * next, in whatever client, sees it (CACHE-4.3). Failures are told as those of any refresh; the change itself stands.
 */
export async function touched(
  { db, refresher, log }: DaemonContext,
  { paths, isNew = false }: Touched,
): Promise<void> {
  try {
    // Of a cache that was never filled no unit is known yet, and what would fill it may have passed by already.
    await refresher.beforeRead()
    if (isNew) await refresher.refresh({ only: null, force: false, walk: false })
    await refresher.changed(selectUnitsAt(db, paths))
  } catch (error) {
    log.warn('what was changed could not be read again', { paths, error: String((error as Error).stack) })
  }
}
