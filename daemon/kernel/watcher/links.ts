/** What links say, read from the disk. */
import { readdirSync, readlinkSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { childPath, type Folder, pathOf } from './folder.ts'
import type { WatchRule } from './rule.ts'

/** Where a link leads; one hop. Null when it is none any more. */
export function targetOf(folder: Folder, name: string): string | null {
  try {
    return resolve(pathOf(folder), readlinkSync(childPath(folder, name)))
  } catch {
    return null
  }
}

/** Whether a link to `target` leads back to where it lies. */
export function holds(target: string, path: string): boolean {
  let real = target
  try {
    real = realpathSync.native(target)
  } catch {
    // Leads nowhere, so it cannot lead back
  }
  return path === real || path.startsWith(real.endsWith('/') ? real : `${real}/`)
}

/** Whether a file that lies beside a link says that links are not followed. */
export function isForbidden(folder: Folder, { unless }: WatchRule): boolean {
  if (unless === undefined) return false
  try {
    return readdirSync(pathOf(folder)).some((name) => name.toLowerCase() === unless)
  } catch {
    return false
  }
}
