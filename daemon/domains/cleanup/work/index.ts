/** Finds what lies around, and removes it; runs where the disk is read. */
import { rmSync, unlinkSync } from 'node:fs'
import type { LeftoverKind } from '../../../../protocol/leftovers.ts'
import type { WorkTools } from '../../collections/work/index.ts'
import { brokenLink, brokenLinks } from './broken-links.ts'
import type { Leftover } from './leftover.ts'
import { oldCaches } from './old-caches.ts'
import { pluginLeftovers } from './plugin-leftovers.ts'

type Where = {
  kinds: readonly LeftoverKind[]
  /** Real paths of projects that are there. */
  projects: readonly string[]
  /** The cache in use. */
  cacheDb: string
}

export const cleanupWork = {
  findLeftovers: async ({ folders }: WorkTools, where: Where): Promise<{ items: Leftover[] }> => ({
    items: find(folders, where),
  }),
  removeLeftovers: ({ folders, exclusively }: WorkTools, where: Where) =>
    exclusively(async () => {
      const removed: Leftover[] = []
      const failed: Array<{ path: string; reason: string }> = []
      for (const item of find(folders, where)) {
        if (!item.removable) continue
        try {
          if (remove(item)) removed.push(item)
        } catch (error) {
          failed.push({ path: item.path, reason: (error as NodeJS.ErrnoException).code ?? String(error) })
        }
      }
      return { removed, failed }
    }),
}

function find(folders: WorkTools['folders'], { kinds, projects, cacheDb }: Where): Leftover[] {
  const found = [
    ...(kinds.includes('broken-link') ? brokenLinks(folders, projects) : []),
    ...(kinds.includes('old-cache') ? oldCaches(cacheDb) : []),
    ...pluginLeftovers(folders).filter(({ kind }) => kinds.includes(kind)),
  ]
  return found.sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : a.path < b.path ? -1 : 1))
}

/** Whether it was still what it had been found to be. */
function remove({ kind, path }: Leftover): boolean {
  if (kind === 'broken-link') {
    if (!brokenLink(path)) return false
    unlinkSync(path)
    return true
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
  return true
}
