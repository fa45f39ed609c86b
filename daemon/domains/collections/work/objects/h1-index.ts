/**
 * Finds trees by H1: `<folder>/<1 hex>/<63 hex>` holds the id of a tree. It can be wrong, or lost in a power cut: the tree says
 * so itself, and whoever keeps it again writes it again.
 */
import { mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { newUniqueId } from '../../../../kernel/unique-id.ts'
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
    const temporary = `${path}.${newUniqueId()}.tmp`
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(temporary, id, { flag: 'wx', mode: 0o600 })
    await rename(temporary, path)
  }

  /** Forgets what leads to no tree of `isKept`, and what a writer left behind. */
  async prune(isKept: (id: string) => boolean): Promise<void> {
    for (const part of (await readdir(this.#folder).catch(unlessAbsent)) ?? [])
      for (const name of (await readdir(join(this.#folder, part)).catch(unlessAbsent)) ?? []) {
        const id = await this.get(part + name)
        if (id === null || !isKept(id)) await unlink(join(this.#folder, part, name)).catch(unlessAbsent)
      }
  }

  #path = (h1: string): string => join(this.#folder, h1.slice(0, 1), h1.slice(1))
}

function unlessAbsent(error: unknown): null {
  if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
  throw error
}
