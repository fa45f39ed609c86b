/**
 * The hidden folder in which a project's new content is made ready, and the note in it that says which way to go:
 * `forward` means that everything is there and only has to be put in its place, `back` that what was put in its place comes
 * out again. Without a note nothing outside of the folder was touched.
 */
import { dirname, join } from 'node:path'
import { syncFolder } from '../../../../kernel/fs/durable.ts'
import type { Keeper } from './content.ts'
import { codeOf, type FileCalls, isThere, unlessAbsent, writeSynced } from './file-calls.ts'
import type { Intent, KeptProject } from './types.ts'

export type Tools = { calls: FileCalls; keeper: Keeper }

/** Begins with a dot, so that no agent and no scan takes it for one of its own. */
export const stagingPrefix = '.smd-'

const notes = { forward: 'intent.json', back: 'back.json' } as const
export type Direction = keyof typeof notes

/** Where one project's content waits. */
export class Staging {
  readonly folder: string
  readonly #calls: FileCalls

  constructor(project: string, operation: string, calls: FileCalls) {
    this.folder = join(project, `${stagingPrefix}${operation}`)
    this.#calls = calls
  }

  /** Of the place or text with this number. */
  fresh(key: string): string {
    return join(this.folder, 'new', key)
  }
  old(key: string): string {
    return join(this.folder, 'old', key)
  }

  /** Makes everything ready, on the disk, the note last. After a failure the caller removes the folder. */
  async fill(intent: Intent, { keeper }: Pick<Tools, 'keeper'>): Promise<void> {
    const calls = this.#calls
    await calls.mkdir(this.folder, { mode: 0o700 })
    await calls.mkdir(join(this.folder, 'new'), { mode: 0o700 })
    await calls.mkdir(join(this.folder, 'old'), { mode: 0o700 })
    for (const [n, { want }] of intent.places.entries()) {
      if (want === null) continue
      const to = this.fresh(`p${n}`)
      if ('link' in want) await calls.symlink(want.link, to)
      else {
        const tree = await keeper.tree(want.tree)
        if (!tree) throw new Error(`the content ${want.tree} was not kept`)
        await keeper.write(tree, to)
      }
    }
    for (const [n, { path, text }] of intent.texts.entries()) {
      if (text !== null) await this.#writeText(path, text, this.fresh(`t${n}`))
    }
    await syncFolder(join(this.folder, 'new'), calls)
    const note = join(this.folder, 'note.tmp')
    await writeSynced(note, JSON.stringify(intent), 0o600, calls)
    await syncFolder(dirname(this.folder), calls)
    await calls.rename(note, join(this.folder, notes.forward))
    await syncFolder(this.folder, calls)
  }

  /** With the mode and, as far as the process may, the owner of what it replaces. */
  async #writeText(target: string, text: string, to: string): Promise<void> {
    const calls = this.#calls
    const old = await calls.stat(target).catch(unlessAbsent)
    await writeSynced(to, text, old ? old.mode & 0o7777 : 0o644, calls)
    if (!old || old.uid === process.getuid?.()) return
    await calls.chown(to, old.uid, old.gid).catch((error) => {
      if (!['EPERM', 'EINVAL', 'ENOTSUP'].includes(codeOf(error))) throw error
    })
    await calls.chmod(to, old.mode & 0o7777)
  }

  /** What the note says; null without one. */
  async direction(): Promise<{ direction: Direction; intent: Intent } | null> {
    for (const direction of ['back', 'forward'] as const) {
      const text = await this.#calls.readFile(join(this.folder, notes[direction]), 'utf8').catch(unlessAbsent)
      if (text !== null) return { direction, intent: JSON.parse(text) as Intent }
    }
    return null
  }

  /** From now on the way is back, also after a crash. */
  async turnBack(): Promise<void> {
    const from = join(this.folder, notes.forward)
    await this.#calls.rename(from, join(this.folder, notes.back)).catch(unlessAbsent)
    await syncFolder(this.folder, this.#calls)
  }

  /** Takes the note away, on the disk, and then everything else: what is left after a crash is without a note. */
  async remove(): Promise<void> {
    if (!(await isThere(this.folder, this.#calls))) return
    for (const note of Object.values(notes)) {
      await this.#calls.unlink(join(this.folder, note)).catch(unlessAbsent)
    }
    await syncFolder(this.folder, this.#calls)
    await removeFolder(this.folder, this.#calls)
  }
}

/** Also what lies in folders that may not be written to, as far as they are our own. */
async function removeFolder(folder: string, calls: FileCalls): Promise<void> {
  try {
    await calls.rm(folder, { recursive: true, force: true })
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(codeOf(error))) throw error
    await openFolders(folder, calls)
    await calls.rm(folder, { recursive: true, force: true })
  }
}

async function openFolders(folder: string, calls: FileCalls): Promise<void> {
  await calls.chmod(folder, 0o700)
  for (const entry of await calls.readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(join(folder, entry.name), calls)
  }
}

/** The folders above `path` that are missing, outermost first. */
export async function missingFolders(path: string, calls: FileCalls): Promise<string[]> {
  const missing: string[] = []
  for (let at = dirname(path); at !== dirname(at) && !(await isThere(at, calls)); at = dirname(at))
    missing.unshift(at)
  return missing
}

export function intentOf(id: string, project: KeptProject): Intent {
  const { places, texts, folders, prune } = project
  return { version: 1, id, places, texts, folders, prune }
}
