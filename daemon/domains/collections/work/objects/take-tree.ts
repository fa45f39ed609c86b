/** Reads an artifact once: what is hashed is what is handed out, whatever happens to the files meanwhile. */
import { createHash } from 'node:crypto'
import { constants, lstatSync, readdirSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs'
import { SmdError } from '../../../../../protocol/errors.ts'
import { comparePaths } from '../../../cache/scan/index.ts'
import { decodeName, type SystemPath, shownPath, systemPath } from './entry-paths.ts'
import { digestOf, newTree, type Tree, type TreeEntry } from './tree.ts'

export type TakeOptions = {
  /**
   * A link in place of the artifact is an entry like any other, with path ''. Without it, the artifact is what the link
   * leads to. H1 is that of what it leads to either way.
   */
  asLink?: boolean
  /** Names of files and folders that are left out, at any depth. */
  leaveOut?: (name: string) => boolean
}

/** More is no content of an artifact, and would have to be held in memory. */
const maxFileBytes = 512 * 1024 * 1024

/**
 * The tree of a folder, a file or a link, each content handed to `onContent` on the way. What is neither (sockets,
 * devices) does not count, as in H1. Synchronous: one artifact is read in one go.
 * Errors: `object.unreadable` with path and reason, `object.too_large`.
 */
export function takeTree(
  path: SystemPath,
  options: TakeOptions = {},
  onContent: (digest: string, content: Buffer) => void = () => undefined,
): Tree {
  const target = reading(path, () => statSync(path, { throwIfNoEntry: false }))
  const link = options.asLink && reading(path, () => lstatSync(path)).isSymbolicLink()
  if (!target && !link) throw unreadable(path, 'ENOENT')
  const isFolder = target?.isDirectory() ?? false
  const found: Found[] = isFolder ? listEntries(path, options) : [{ path: '', isLink: false }]
  const running = isFolder ? createHash('sha256') : null
  let own = digestOf('')

  const entries: TreeEntry[] = []
  for (const { path: relPath, isLink } of found.sort(inOrderOfH1)) {
    const at = systemPath(path, relPath)
    const add = (kind: TreeEntry['kind'], mode: TreeEntry['mode'], content: Buffer): void => {
      const digest = digestOf(content)
      entries.push({ path: relPath, kind, mode, digest, size: content.length })
      onContent(digest, content)
    }
    if (isLink) add('link', 0o644, linkText(at))
    const stats = isLink ? followed(at) : reading(at, () => statSync(at))
    if (!stats?.isFile()) continue
    const content = readContent(at, stats)
    if (!isLink && !link) add('file', stats.mode & constants.S_IXUSR ? 0o755 : 0o644, content)
    running?.update(shownPath(relPath)).update(content)
    own = digestOf(content)
  }
  const h1 = running ? running.digest('hex') : own
  if (!link) return newTree({ h1, isFile: !isFolder, entries })
  const text = linkText(path)
  const digest = digestOf(text)
  onContent(digest, text)
  return newTree({
    h1,
    isFile: true,
    entries: [{ path: '', kind: 'link', mode: 0o644, digest, size: text.length }],
  })
}

type Found = { path: string; isLink: boolean }

const inOrderOfH1 = (a: Found, b: Found): number => comparePaths(shownPath(a.path), shownPath(b.path))

/** Files and links below the folder; links to folders are not entered. */
function listEntries(root: SystemPath, { leaveOut }: TakeOptions): Found[] {
  const found: Found[] = []
  const enter = (folder: SystemPath, prefix: string): void => {
    const entries = reading(folder, () => readdirSync(folder, { withFileTypes: true, encoding: 'buffer' }))
    for (const entry of entries) {
      const name = decodeName(entry.name)
      if (leaveOut?.(name)) continue
      const path = prefix + name
      if (entry.isDirectory()) enter(systemPath(root, path), `${path}/`)
      else if (entry.isFile() || entry.isSymbolicLink()) found.push({ path, isLink: entry.isSymbolicLink() })
    }
  }
  enter(root, '')
  return found
}

/** What a link leads to; null for nowhere, and for itself. */
function followed(path: SystemPath): Stats | null {
  try {
    return statSync(path)
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR', 'EACCES'].includes(codeOf(error))) return null
    throw unreadable(path, codeOf(error), error)
  }
}

function readContent(path: SystemPath, { size }: Stats): Buffer {
  if (size > maxFileBytes)
    throw new SmdError('object.too_large', { path: shown(path), bytes: size, limit: maxFileBytes })
  return reading(path, () => readFileSync(path))
}

const linkText = (path: SystemPath): Buffer => reading(path, () => readlinkSync(path, 'buffer'))

function reading<Result>(path: SystemPath, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    throw unreadable(path, codeOf(error), error)
  }
}

const unreadable = (path: SystemPath, reason: string, cause?: unknown): SmdError =>
  new SmdError('object.unreadable', { path: shown(path), reason }, { cause })

const shown = (path: SystemPath): string => shownPath(typeof path === 'string' ? path : decodeName(path))

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error)
