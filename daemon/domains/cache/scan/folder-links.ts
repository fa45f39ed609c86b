/**
 * Links to folders among an agent's artifacts: followed, as the agents do, but each target once per folder, and never
 * back to where the walk came from.
 */
import { realpathSync } from 'node:fs'
import { type FilePath, followLink, readLink } from './artifact-files.ts'
import { type ScanRun, tell } from './scan-run.ts'

/** What was seen in one folder of an agent. */
export type LinkGuard = {
  root: FilePath
  /** Real path of `root`; known once the first link is met. */
  realRoot: string | null
  /** Real paths of the targets of links. */
  targets: Set<string>
  /** Paths under `root` that were listed although they lie deeper than folders usually are. */
  listed: Set<string>
}

export const newGuard = (root: FilePath): LinkGuard => ({
  root,
  realRoot: null,
  targets: new Set(),
  listed: new Set(),
})

/**
 * What a link leads to: `file`, `folder` when it is to be entered, `known` when its target is listed anyway, else
 * `nothing`, which has been told. `depth`: how far below the root folders are listed by themselves.
 */
export function judgeLink(
  run: ScanRun,
  guard: LinkGuard,
  link: FilePath,
  relPath: string,
  depth: number,
): 'file' | 'folder' | 'known' | 'nothing' {
  const { stats, diagnostic } = followLink(link, run.counters)
  if (diagnostic) tell(run, relPath, diagnostic, readLink(link))
  if (!stats) return 'nothing'
  if (stats.isFile()) return 'file'
  if (!stats.isDirectory()) return 'nothing'
  try {
    guard.realRoot ??= realpathSync(guard.root)
    const target = realpathSync(link)
    if (target === guard.realRoot || guard.realRoot.startsWith(`${target}/`)) {
      tell(run, relPath, 'file.link_loop', readLink(link))
      return 'nothing'
    }
    const inside = target.startsWith(`${guard.realRoot}/`)
    const level = inside
      ? target.slice(guard.realRoot.length + 1).split('/').length
      : Number.POSITIVE_INFINITY
    if (level <= depth || guard.targets.has(target)) return 'known'
    guard.targets.add(target)
    return 'folder'
  } catch (error) {
    tell(run, relPath, 'file.unreadable', (error as NodeJS.ErrnoException).code ?? String(error))
    return 'nothing'
  }
}

/** Whether this folder is to be listed for itself: no link brought it in. `below`: its path under the root. */
export function claim(guard: LinkGuard, below: string): boolean {
  if (guard.targets.size > 0 && guard.targets.has(`${guard.realRoot}/${below}`)) return false
  guard.listed.add(below)
  return true
}
