/** Finds trees by H1: `<folder>/<2 hex>/<62 hex>` holds the id of a tree. It can be wrong; the tree says so itself. */
import { readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { atomicWriteFile } from '../../../../kernel/fs/atomic-write.ts'
import { makeFolderDurably } from '../../../../kernel/fs/durable.ts'
import { isDigest } from './tree.ts'

export class H1Index {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async get(h1: string): Promise<string | null> {
    if (!isDigest(h1)) return null
    const id = await readFile(this.#path(h1), 'utf8').catch(unlessAbsent)
    return isDigest(id) ? id : null
  }

  async put(h1: string, id: string): Promise<void> {
    if ((await this.get(h1)) === id) return
    const path = this.#path(h1)
    await makeFolderDurably(join(this.#folder, h1.slice(0, 2)))
    await atomicWriteFile(path, id)
  }

  /** Forgets what leads to no tree of `isKept`. */
  async prune(isKept: (id: string) => boolean): Promise<void> {
    for (const part of (await readdir(this.#folder).catch(unlessAbsent)) ?? [])
      for (const name of (await readdir(join(this.#folder, part)).catch(unlessAbsent)) ?? []) {
        const id = await this.get(part + name)
        if (id !== null && !isKept(id)) await unlink(join(this.#folder, part, name)).catch(unlessAbsent)
      }
  }

  #path = (h1: string): string => join(this.#folder, h1.slice(0, 2), h1.slice(2))
}

function unlessAbsent(error: unknown): null {
  if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
  throw error
}
