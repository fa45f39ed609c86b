/** `computedHash` of the skills CLI (ecosystem spec 5.6): only to read its locks, never for our own. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ScanCounters, ScanLimits } from './types.ts'

type Order = (a: string, b: string) => number

/**
 * The recipe orders paths by `localeCompare`, whose result depends on the machine that wrote the lock: the folder is
 * unchanged when any of the orders in use gives the recorded hash.
 */
const orders: readonly Order[] = [
  (a, b) => a.localeCompare(b),
  (a, b) => a.localeCompare(b, 'en-US'),
  (a, b) => (a < b ? -1 : a > b ? 1 : 0),
]

/** Whether a folder still has the recorded hash; null when it is too large or cannot be read, so nobody can tell. */
export function matchesFolderHash(
  folder: string,
  recorded: string,
  limits: Pick<ScanLimits, 'maxArtifactBytes' | 'maxArtifactFiles'>,
  counters: ScanCounters,
): boolean | null {
  try {
    const paths = listFiles(folder, limits, counters)
    if (paths === null) return null
    const contents = new Map<string, Buffer>()
    let left = limits.maxArtifactBytes
    for (const path of paths) {
      const bytes = readFileSync(join(folder, path))
      counters.filesRead++
      counters.bytesRead += bytes.length
      left -= bytes.length
      if (left < 0) return null
      contents.set(path, bytes)
    }
    const tried = new Set<string>()
    return orders.some((order) => {
      const sorted = [...paths].sort(order)
      const key = sorted.join('\0')
      if (tried.has(key)) return false
      tried.add(key)
      const hash = createHash('sha256')
      for (const path of sorted) hash.update(path).update(contents.get(path) as Buffer)
      return hash.digest('hex') === recorded.toLowerCase()
    })
  } catch {
    return null
  }
}

/** Regular files below a folder, `/`-separated; null beyond the limit. */
function listFiles(
  folder: string,
  limits: Pick<ScanLimits, 'maxArtifactBytes' | 'maxArtifactFiles'>,
  counters: ScanCounters,
): string[] | null {
  const paths: string[] = []
  let bytes = 0
  const visit = (relative: string): boolean => {
    counters.directories++
    for (const entry of readdirSync(join(folder, relative), { withFileTypes: true })) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`
      if (entry.isDirectory()) {
        if (entry.name !== '.git' && entry.name !== 'node_modules' && !visit(path)) return false
      } else if (entry.isFile()) {
        counters.filesStatted++
        bytes += statSync(join(folder, path)).size
        if (paths.push(path) > limits.maxArtifactFiles || bytes > limits.maxArtifactBytes) return false
      }
    }
    return true
  }
  return visit('') ? paths : null
}
