import { basename, dirname, extname, join } from 'node:path'
import { changedAt, type Leftover, namesIn, sizeOf } from './leftover.ts'

/**
 * Copies of the cache beside it: what was set aside because it could not be used, and what was copied before an update. Each
 * with its log files. The cache itself can be made anew at any time, and so can they.
 */
export function oldCaches(cacheDb: string): Leftover[] {
  const folder = dirname(cacheDb)
  const extension = extname(cacheDb)
  const name = basename(cacheDb)
  const stem = basename(cacheDb, extension)
  const aside = new RegExp(`^${literal(name)}\\.(?:corrupt|foreign|newer|unmigrated|replaced)-[^-]+$`)
  const copy = new RegExp(`^${literal(stem)}\\.v\\d+${literal(extension)}$`)
  return namesIn(folder)
    .filter((other) => aside.test(other) || copy.test(other))
    .map((other) => {
      const path = join(folder, other)
      const parts = ['', '-wal', '-shm'].map((suffix) => sizeOf(path + suffix))
      return {
        kind: 'old-cache' as const,
        path,
        detail: '',
        sizeBytes: parts.reduce((sum, bytes) => sum + bytes, 0),
        changedAt: changedAt(path),
        removable: true,
      }
    })
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
