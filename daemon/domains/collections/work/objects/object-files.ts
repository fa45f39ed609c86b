/**
 * Files that are written once, under the digest of what they hold: `<folder>/<1 hex>/<63 hex>`, with `.gz` when they are
 * compressed, so that whatever happens to smd, `gunzip` reads them.
 *
 * A file under its name is whole and on the disk; what a crash leaves has another name. Several processes may write and
 * drop in one folder at a time.
 */
import { readdir, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { makeFolderDurably, writeDurably } from '../../../../kernel/fs/durable.ts'
import { newUniqueId } from '../../../../kernel/unique-id.ts'
import { digestOf, isDigest } from './tree.ts'

/** What common file systems hand out: compressing pays when it saves one of these. */
const blockBytes = 4096
const youngMs = 120_000

export class ObjectFiles {
  readonly #folder: string
  /** Folders that exist, so that each is made once. */
  readonly #made = new Set<string>()
  #time: { asked: number; answer: Promise<number> } | null = null

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Writes an object unless it is there; answers the folder whose names have to be synced then, if any. What is there counts
   * as new again, so that nothing drops it meanwhile.
   */
  async put(digest: string, content: string | Uint8Array): Promise<string | null> {
    const folder = join(this.#folder, digest.slice(0, 1))
    const found = await this.#renew(digest)
    if (found) return found.isYoung ? folder : null
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    const packed = bytes.length > blockBytes ? gzipSync(bytes) : null
    const pays = packed !== null && blocks(packed) < blocks(bytes)
    const [plain, compressed] = this.#paths(digest)
    try {
      await this.#write(folder, pays ? packed : bytes, pays ? compressed : plain)
    } catch (error) {
      if (!isAbsent(error)) throw error
      // Somebody has removed the store under a process that goes on.
      this.#made.clear()
      await this.#write(folder, pays ? packed : bytes, pays ? compressed : plain)
    }
    return folder
  }

  async #write(folder: string, bytes: Uint8Array, path: string): Promise<void> {
    await this.#make(folder)
    const temporary = join(folder, `.${newUniqueId()}.tmp`)
    try {
      await writeDurably(temporary, bytes)
      await rename(temporary, path)
    } catch (error) {
      await unlink(temporary).catch(() => undefined)
      throw error
    }
  }

  /** The content; null when there is none. One that is not what its name says is removed, so that it can be kept anew. */
  async get(digest: string): Promise<Buffer | null> {
    if (!isDigest(digest)) return null
    for (const path of this.#paths(digest)) {
      const bytes = await readFile(path).catch(unlessAbsent)
      if (!bytes) continue
      const content = path.endsWith('.gz') ? unpack(bytes) : bytes
      if (content && digestOf(content) === digest) return content
      await unlink(path).catch(unlessAbsent)
    }
    return null
  }

  async has(digest: string): Promise<boolean> {
    for (const path of this.#paths(digest)) if (await stat(path).catch(unlessAbsent)) return true
    return false
  }

  /** All objects, and what writers left behind that were killed. */
  async *list(): AsyncGenerator<StoredObject> {
    for (const part of (await readdir(this.#folder).catch(unlessAbsent)) ?? []) {
      const folder = join(this.#folder, part)
      if (!/^[0-9a-f]$/.test(part)) {
        yield* lookAt(folder, null)
        continue
      }
      for (const name of (await readdir(folder).catch(unlessAbsent)) ?? []) {
        const digest = part + name.replace(/\.gz$/, '')
        yield* lookAt(join(folder, name), isDigest(digest) ? digest : null)
      }
    }
  }

  /**
   * Removes a file that is older than `before` (Unix ms); false when it is not, or not any more. It gets another name first:
   * who wants it in that moment either has made it new before, which shows, or finds none and writes it again.
   */
  async drop({ path }: StoredObject, before: number): Promise<boolean> {
    const doomed = `${path}.${newUniqueId()}.tmp`
    if ((await rename(path, doomed).catch(unlessAbsent)) === null) return false
    const stats = await stat(doomed)
    if (stats.mtimeMs >= before) {
      await rename(doomed, path)
      return false
    }
    await unlink(doomed)
    return true
  }

  /** Young: whoever wrote it may not have synced its name yet. */
  async #renew(digest: string): Promise<{ isYoung: boolean } | null> {
    for (const path of this.#paths(digest)) {
      const stats = await stat(path).catch(unlessAbsent)
      if (!stats) continue
      const now = await this.time()
      const time = new Date(now)
      if ((await utimes(path, time, time).catch(unlessAbsent)) === null) continue
      return { isYoung: now - stats.mtimeMs < youngMs }
    }
    return null
  }

  /** Unix ms by the clock of the file system, which may be another machine's; right to the second. */
  time(): Promise<number> {
    const now = performance.now()
    if (!this.#time || now - this.#time.asked > 1_000) this.#time = { asked: now, answer: this.#askTime() }
    return this.#time.answer
  }

  async #askTime(): Promise<number> {
    await makeFolderDurably(this.#folder)
    const path = join(this.#folder, `.${newUniqueId()}.tmp`)
    await writeFile(path, '', { flag: 'wx', mode: 0o600 })
    const { mtimeMs } = await stat(path)
    await unlink(path)
    return mtimeMs
  }

  async #make(folder: string): Promise<void> {
    if (this.#made.has(folder)) return
    await makeFolderDurably(folder)
    this.#made.add(folder)
  }

  #paths(digest: string): [plain: string, compressed: string] {
    const plain = join(this.#folder, digest.slice(0, 1), digest.slice(1))
    return [plain, `${plain}.gz`]
  }
}

export type StoredObject = {
  path: string
  /** Null: what a writer left behind. */
  digest: string | null
  /** Unix ms. */
  changedAt: number
  bytes: number
}

async function* lookAt(path: string, digest: string | null): AsyncGenerator<StoredObject> {
  const stats = await stat(path).catch(unlessAbsent)
  if (stats?.isFile()) yield { path, digest, changedAt: stats.mtimeMs, bytes: stats.size }
}

const blocks = ({ length }: Uint8Array): number => Math.ceil(length / blockBytes)

/** Null for what is no whole gzip file. */
function unpack(bytes: Buffer): Buffer | null {
  try {
    return gunzipSync(bytes)
  } catch {
    return null
  }
}

const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

function unlessAbsent(error: unknown): null {
  if (isAbsent(error)) return null
  throw error
}
