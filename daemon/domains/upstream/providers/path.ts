/** Folders of this machine, as they are on the disk now. */
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { UpstreamError, type UpstreamSource } from '../source.ts'
import type { ProviderContext } from './context.ts'
import type { Opened } from './repository.ts'
import { objectId, type TreeEntry, treeId } from './tree-id.ts'

type PathSource = Extract<UpstreamSource, { kind: 'path' }>

/** Beyond it a folder has no id: it would be read whole each time. */
const MAX_FILES = 10_000
const MAX_BYTES = 256_000_000

/** Opens a folder. It has no older revisions and no commit: what counts is what lies there. */
export async function openPath({ home }: ProviderContext, source: PathSource): Promise<Opened> {
  const root = expandPath(source.path, home)
  if (!lookAt(root)?.isDirectory()) throw new UpstreamError('not_found', `${root} is no folder.`)
  return {
    kind: 'open',
    head: {
      commit: null,
      digest: async (path) => idOf(path === '' ? root : join(root, path), { files: 0, bytes: 0 }),
      async read(path, maxBytes) {
        const file = join(root, path)
        const stats = lookAt(file)
        if (!stats?.isFile()) return null
        if (stats.size > maxBytes) throw new UpstreamError('bad_answer', `${file} is too large.`)
        return guarded(file, () => readFileSync(file))
      },
      files: { kind: 'disk', root },
    },
    version: null,
    validator: null,
    at: async () => null,
    close: async () => undefined,
  }
}

/** Errors: `unsupported` for a relative path, which means another folder in each process. */
export function expandPath(path: string, home: string): string {
  const expanded = path === '~' || /^~[/\\]/.test(path) ? join(home, path.slice(1)) : path
  if (isAbsolute(expanded) && !expanded.includes('\0')) return expanded
  throw new UpstreamError('unsupported', `${JSON.stringify(path)} is no absolute path.`)
}

/** Id of what git would see at a path (ecosystem spec 5.6); null when it would see nothing. */
function idOf(path: string, total: { files: number; bytes: number }): string | null {
  const entry = entryOf(path, '', total)
  return entry?.id ?? null
}

function entryOf(path: string, name: string, total: { files: number; bytes: number }): TreeEntry | null {
  const stats = guarded(path, () => lstatSync(path, { throwIfNoEntry: false }))
  if (stats?.isSymbolicLink()) {
    const target = guarded(path, () => readlinkSync(path, { encoding: 'buffer' }))
    return target && { name, mode: '120000', id: objectId('blob', target) }
  }
  if (stats?.isDirectory()) {
    const names = guarded(path, () => readdirSync(path))?.filter((child) => child !== '.git') ?? []
    const children = names.flatMap((child) => entryOf(join(path, child), child, total) ?? [])
    // Git knows no empty folders.
    return children.length === 0 ? null : { name, mode: '40000', id: treeId(children) }
  }
  if (!stats?.isFile()) return null
  total.files++
  total.bytes += stats.size
  if (total.files > MAX_FILES || total.bytes > MAX_BYTES)
    throw new UpstreamError('unsupported', `${path} lies in a folder that is too large to be compared.`)
  const content = guarded(path, () => readFileSync(path))
  const mode = stats.mode & 0o100 ? '100755' : '100644'
  return content && { name, mode, id: objectId('blob', content) }
}

const lookAt = (path: string): Stats | null =>
  guarded(path, () => statSync(path, { throwIfNoEntry: false })) ?? null

/** Null for what has vanished meanwhile. Errors: `unauthorized`, and `bad_answer` for a disk that fails. */
function guarded<Value>(path: string, read: () => Value): Value | null {
  try {
    return read()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    const reason = code === 'EACCES' || code === 'EPERM' ? 'unauthorized' : 'bad_answer'
    throw new UpstreamError(reason, `${path} cannot be read (${code}).`, { cause })
  }
}
