/** The git object id an artifact would have upstream, of the files as they lie here (ecosystem spec 5.6). */
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type GitFile, gitBlobHash, gitTreeHash } from './git-tree-hash.ts'
import { openskillsFile } from './left-out.ts'
import type { ScanCounters, ScanLimits } from './types.ts'

export type LocalDigest = {
  /** Tree id of a folder, blob id of a file; null beyond the limits, or when something cannot be read. */
  digest: string | null
  /**
   * Not null when what `gh skill` wrote into SKILL.md was taken out: what remains may be spelt otherwise than upstream.
   * `tree` is the folder's tree id as it was installed, 40 hex, if that is there. (Metadata hides it like any long hex.)
   */
  rewritten: { tree: string | null } | null
}

/** What use leaves behind in a skill, and what managers put beside it: no change of the user's. */
const leftBehind: ReadonlySet<string> = new Set([
  '.git',
  'node_modules',
  '__pycache__',
  '__pypackages__',
  '.DS_Store',
  'Thumbs.db',
  openskillsFile,
])

/** Whether a file or folder of this name comes from use, or from a manager, and not from the artifact's source. */
export const isLeftBehind = (name: string): boolean => leftBehind.has(name) || name.endsWith('.pyc')

/** Reads all files of the folder or file at `path`; links below it count as links, one at `path` itself is followed. */
export function localDigest(
  path: string,
  limits: Pick<ScanLimits, 'maxArtifactBytes' | 'maxArtifactFiles'>,
  counters: ScanCounters,
): LocalDigest {
  const unknown: LocalDigest = { digest: null, rewritten: null }
  try {
    const root = realpathSync(path)
    const stats = statSync(root)
    if (!stats.isDirectory()) {
      if (stats.size > limits.maxArtifactBytes) return unknown
      counters.filesRead++
      counters.bytesRead += stats.size
      const file: GitFile = { relPath: '', absPath: root, sizeBytes: stats.size, mode: '100644' }
      return { digest: gitBlobHash(file), rewritten: null }
    }
    const files = listFiles(root, limits, counters)
    if (files === null) return unknown
    const rewritten = withoutInjected(files)
    return { digest: gitTreeHash(files), rewritten }
  } catch {
    // Whatever cannot be read cannot be compared; the scan itself tells what is wrong with the artifact
    return unknown
  }
}

function listFiles(
  root: string,
  { maxArtifactBytes, maxArtifactFiles }: Pick<ScanLimits, 'maxArtifactBytes' | 'maxArtifactFiles'>,
  counters: ScanCounters,
): GitFile[] | null {
  const files: GitFile[] = []
  let bytes = 0
  const visit = (relative: string): boolean => {
    counters.directories++
    for (const entry of readdirSync(join(root, relative), { withFileTypes: true })) {
      if (isLeftBehind(entry.name)) continue
      if (entry.name.includes('\uFFFD')) return false
      const relPath = relative === '' ? entry.name : `${relative}/${entry.name}`
      if (entry.isDirectory()) {
        if (!visit(relPath)) return false
        continue
      }
      const isLink = entry.isSymbolicLink()
      if (!isLink && !entry.isFile()) continue
      const absPath = join(root, relPath)
      const { size, mode } = lstatSync(absPath)
      counters.filesStatted++
      counters.filesRead++
      counters.bytesRead += size
      bytes += size
      files.push({
        relPath,
        absPath,
        sizeBytes: size,
        mode: isLink ? '120000' : mode & 0o100 ? '100755' : '100644',
      })
      if (files.length > maxArtifactFiles || bytes > maxArtifactBytes) return false
    }
    return true
  }
  return visit('') ? files : null
}

const injectedKey = /^[ \t]+github-(?:repo|ref|tree-sha|path|pinned):.*\r?\n/gm

/** Takes what `gh skill` writes into the frontmatter out of the content that is hashed. */
function withoutInjected(files: GitFile[]): LocalDigest['rewritten'] {
  const main = files.find(({ relPath, mode }) => relPath === 'SKILL.md' && mode !== '120000')
  if (!main) return null
  const text = readFileSync(main.absPath, 'latin1')
  const end = /^---[ \t]*\r?$/m.exec(text.slice(3))
  const head = end && text.startsWith('---') ? text.slice(0, end.index + 3) : ''
  const recorded = /^[ \t]+github-tree-sha:[ \t]*["']?([^"'\r\n]*)/m.exec(head)
  if (!recorded) return null
  const cleaned = head
    .replace(injectedKey, '')
    // Nothing is left of a table that held nothing else
    .replace(/^metadata:[ \t]*\r?\n(?![ \t])/m, '')
  main.bytes = Buffer.from(cleaned + text.slice(head.length), 'latin1')
  const tree = recorded[1]?.trim() ?? ''
  return { tree: /^[0-9a-f]{40}$/.test(tree) ? tree : null }
}
