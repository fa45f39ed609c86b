import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ResultOf } from '../../../../protocol/methods.ts'

export type Leftover = ResultOf<'cleanup.find'>['items'][number]

/** Bytes of everything below a path, links not followed; what cannot be seen counts nothing. */
export function sizeOf(path: string): number {
  try {
    const stats = lstatSync(path)
    if (!stats.isDirectory()) return stats.size
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
  } catch {
    return 0
  }
}

/** Last change of the thing itself, Unix ms; null when it cannot be seen. */
export function changedAt(path: string): number | null {
  try {
    return Math.max(0, Math.round(lstatSync(path).mtimeMs))
  } catch {
    return null
  }
}

/** Names in a folder in their order; none where there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}
