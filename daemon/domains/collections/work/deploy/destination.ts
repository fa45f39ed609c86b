/** Finds out where in a project something would come to lie, and what forbids it. */
import { lstat, readdir, realpath } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { PlanReason } from '../../../../../protocol/deploy-plan.ts'
import { unlessAbsentAt } from '../unreadable.ts'

export type Destination = {
  /** Absolute; with the links on the way to it resolved. */
  path: string
  problem: PlanReason | null
}

/** Looks at the folders of one project, each once. */
export class Destinations {
  readonly #base: string
  readonly #names = new Map<string, Promise<string[]>>()

  /** `base`: real path that nothing may leave. */
  constructor(base: string) {
    this.#base = base
  }

  /** `path`: relative to the base, `/`-separated. Errors: `object.unreadable`. */
  async find(path: string): Promise<Destination> {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.')
    const last = parts.pop()
    const wanted = join(this.#base, ...parts, last ?? '')
    if (last === undefined || last === '..' || parts.includes('..'))
      return { path: wanted, problem: 'outside' }
    let folder = this.#base
    for (const part of parts) {
      const next = join(folder, part)
      const found = await lstat(next).catch(unlessAbsentAt(next))
      if (!found) {
        if (await this.#hasTwin(folder, part)) return { path: wanted, problem: 'case_twin' }
        folder = next
        continue
      }
      folder = found.isSymbolicLink() ? ((await realpath(next).catch(unlessAbsentAt(next))) ?? '') : next
      if (!isInside(this.#base, folder)) return { path: wanted, problem: 'outside' }
      if (!found.isDirectory() && !(await lstat(folder)).isDirectory())
        return { path: wanted, problem: 'in_the_way' }
    }
    const at = join(folder, last)
    return { path: at, problem: (await this.#hasTwin(folder, last)) ? 'case_twin' : null }
  }

  async #hasTwin(folder: string, name: string): Promise<boolean> {
    const names = await this.#namesIn(folder)
    if (names.includes(name)) return false
    const folded = foldName(name)
    return names.some((other) => foldName(other) === folded)
  }

  #namesIn(folder: string): Promise<string[]> {
    const known = this.#names.get(folder)
    if (known) return known
    const names = readdir(folder).then(null, (error) => unlessAbsentAt(folder)(error) ?? [])
    this.#names.set(folder, names)
    return names
  }
}

/** Names that are one name on a file system that does not tell cases, or spellings of accents, apart. */
export const foldName = (name: string): string => name.normalize('NFC').toLowerCase()

const isInside = (base: string, path: string): boolean => {
  const way = relative(base, path)
  return path !== '' && way !== '..' && !way.startsWith(`..${sep}`)
}

/** Folders between `path` and `top`, `top` included, innermost first. */
export function foldersUpTo(path: string, top: string): string[] {
  const folders: string[] = []
  for (let at = dirname(path); at.length >= top.length && at !== dirname(at); at = dirname(at))
    folders.push(at)
  return folders
}
