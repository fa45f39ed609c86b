/** What files of sources held, kept on the disk: what has an id never changes. */
import { hash } from 'node:crypto'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { objectId } from '../providers/tree-id.ts'
import type { FilesQuery, UpstreamFile } from '../source.ts'

/** The files under one path of a source. */
export type KeptListing = { isFile: boolean; files: UpstreamFile[] }

/** Of all kept files, bytes. */
const MAX_BYTES = 100_000_000
/** What is left of it when room is made, so that it is not made after each answer. */
const ROOM = 0.75

/**
 * A folder of contents by id and of listings by what was asked. It may be deleted at any time, and holds at most about
 * `maxBytes`: what was not used for longest goes first. What is damaged counts as not there; what cannot be written is
 * not kept.
 */
export class KeptFiles {
  readonly #folder: string
  readonly #now: () => number
  readonly #maxBytes: number
  #grew = false

  constructor(folder: string, now: () => number, maxBytes = MAX_BYTES) {
    this.#folder = folder
    this.#now = now
    this.#maxBytes = maxBytes
  }

  /** What a git blob holds; null when it is not kept. */
  content(id: string): Buffer | null {
    const content = this.#read(placeOf(id))
    return content !== null && objectId('blob', content) === id ? content : null
  }

  /** Returns whether it is kept now. */
  keepContent(id: string, content: Buffer): boolean {
    return this.#write(placeOf(id), content)
  }

  listing(query: FilesQuery): KeptListing | null {
    const text = this.#read(listingPlace(query))?.toString('utf8')
    // The sum in the first line tells a whole listing from one that was cut short.
    const [sum, json = ''] = text?.split('\n') ?? []
    return sum === hash('sha256', json) ? (JSON.parse(json) as KeptListing) : null
  }

  keepListing(query: FilesQuery, { isFile, files }: KeptListing): void {
    const json = JSON.stringify({ isFile, files })
    this.#write(listingPlace(query), `${hash('sha256', json)}\n${json}`)
  }

  /** Makes room if something was added. */
  tidy(): void {
    if (!this.#grew) return
    this.#grew = false
    const kept = filesBelow(this.#folder).sort((a, b) => a.usedAt - b.usedAt)
    let bytes = kept.reduce((sum, { size }) => sum + size, 0)
    if (bytes <= this.#maxBytes) return
    for (const { path, size } of kept) {
      if (bytes <= this.#maxBytes * ROOM) return
      remove(path)
      bytes -= size
    }
  }

  #read(place: string): Buffer | null {
    const path = join(this.#folder, place)
    let content: Buffer
    try {
      content = readFileSync(path)
    } catch {
      // Not there, or not for us to read: it is asked for again.
      return null
    }
    this.#used(path)
    return content
  }

  #used(path: string): void {
    try {
      const seconds = this.#now() / 1_000
      utimesSync(path, seconds, seconds)
    } catch {
      // Only when it was used last is not known then.
    }
  }

  #write(place: string, content: string | Buffer): boolean {
    const path = join(this.#folder, place)
    const temporary = `${path}.${process.pid}.tmp`
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      writeFileSync(temporary, content, { mode: 0o600 })
      renameSync(temporary, path)
      this.#used(path)
      this.#grew = true
      return true
    } catch {
      // A full disk, or one that is read only: whoever needs the content has it, and asks again the next time.
      remove(temporary)
      return false
    }
  }
}

/** What cannot be removed stays until the next time. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // The folder is not ours to change now.
  }
}

const placeOf = (id: string): string => `${id.slice(0, 2)}/${id.slice(2)}`

function listingPlace({ source, path, digest, revision }: FilesQuery): string {
  return `listings/${hash('sha256', JSON.stringify([source, path, digest, revision]))}`
}

type Kept = { path: string; size: number; usedAt: number }

function filesBelow(folder: string): Kept[] {
  const names = (path: string): string[] => {
    try {
      return readdirSync(path)
    } catch {
      // Deleted meanwhile, or never made.
      return []
    }
  }
  return names(folder).flatMap((part) =>
    names(join(folder, part)).flatMap((name) => {
      const path = join(folder, part, name)
      const stats = statSync(path, { throwIfNoEntry: false })
      return stats?.isFile() ? { path, size: stats.size, usedAt: stats.mtimeMs } : []
    }),
  )
}
