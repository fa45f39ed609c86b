/** The folder hashes that lock files and deployment records hold, computed from bytes in memory. */
import { createHash } from 'node:crypto'
import type { FileBytes } from './tree-writer.ts'

/** H1 of a folder (formats spec section 5): paths by component, path bytes then content, no separators. */
export function hashH1(files: readonly FileBytes[]): string {
  const hash = createHash('sha256')
  for (const file of [...files].sort((a, b) => byComponent(a.path, b.path)))
    hash.update(file.path).update(file.bytes)
  return hash.digest('hex')
}

/** SHA-256 of bytes, hex: H1 of a single file. */
export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** `computedHash` of `skills-lock.json` (ecosystem spec 5.6): like H1, but in the order of `localeCompare`. */
export function computedHash(files: readonly FileBytes[]): string {
  const hash = createHash('sha256')
  for (const file of [...files].sort((a, b) => a.path.localeCompare(b.path)))
    hash.update(file.path).update(file.bytes)
  return hash.digest('hex')
}

/** Id of a git object: SHA-1 over `type SP length NUL content`. */
export const gitObjectId = (type: 'blob' | 'tree' | 'commit', content: Buffer): string =>
  createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex')

/** Content of a git tree object whose entries are plain files and subtrees. */
export function gitTreeContent(
  entries: ReadonlyArray<{ name: string; id: string; folder?: boolean }>,
): Buffer {
  const sortName = (e: { name: string; folder?: boolean }): Buffer =>
    Buffer.from(e.folder ? `${e.name}/` : e.name)
  const sorted = [...entries].sort((a, b) => Buffer.compare(sortName(a), sortName(b)))
  return Buffer.concat(
    sorted.map((e) =>
      Buffer.concat([Buffer.from(`${e.folder ? '40000' : '100644'} ${e.name}\0`), Buffer.from(e.id, 'hex')]),
    ),
  )
}

/** Git tree SHA-1 of a folder (ecosystem spec 5.6); every file counts as mode 100644. */
export function gitTreeSha(files: readonly FileBytes[]): string {
  const entries: Array<{ name: string; id: string; folder?: boolean }> = []
  const below = new Map<string, FileBytes[]>()
  for (const file of files) {
    const slash = file.path.indexOf('/')
    if (slash < 0) entries.push({ name: file.path, id: gitObjectId('blob', file.bytes) })
    else {
      const name = file.path.slice(0, slash)
      const inside = below.get(name) ?? []
      inside.push({ path: file.path.slice(slash + 1), bytes: file.bytes })
      below.set(name, inside)
    }
  }
  for (const [name, inside] of below) entries.push({ name, id: gitTreeSha(inside), folder: true })
  return gitObjectId('tree', gitTreeContent(entries))
}

function byComponent(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    // UTF-8 byte order is code point order
    const order = Buffer.compare(Buffer.from(left[i] as string), Buffer.from(right[i] as string))
    if (order !== 0) return order
  }
  return left.length - right.length
}
