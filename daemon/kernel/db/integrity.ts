import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { migrations } from '../../../migrations/index.ts'
import { SmdError } from '../../../protocol/errors.ts'
import { type Database, isCorrupt } from './database.ts'
import { versionedFile } from './migration-copy.ts'
import { type OpenOptions, openForReading, openForWriting } from './open.ts'

/** Files that were set aside and are kept, newest first; a user may want to look at one, nobody at ten. */
const KEEP_ASIDE = 2

export type OpenedCache = {
  /** For reading. */
  db: Database
  file: string
  storage: 'file' | 'memory'
  /** Why the cache is not in its file; null otherwise. */
  memoryReason: string | null
  /** Set when an unusable file was moved out of the way. */
  setAside: { problem: Problem; to: string } | null
  /** Set when the file is of a newer smd, which is left alone, and `file` is the one beside it (ADR 0012). */
  newer: { file: string; found: number; known: number } | null
}

type Problem = 'corrupt' | 'foreign' | 'unmigrated'

/**
 * Opens the cache, whatever state its file is in: a missing one is created, an old one migrated, an unusable one set
 * aside and created anew (files on disk are the truth; the next refresh fills it), one of a newer smd left alone and
 * another used beside it. Where that does not work, because the folder cannot be written or the disk is full, the cache
 * lives in memory: a file in the system's memory file system or temporary folder, removed at the end. `stamp` is part of
 * the name of what is set aside; no `-` in it.
 */
export function openCache(file: string, stamp: string, options: OpenOptions = {}): OpenedCache {
  const reason = whyNotWritable(file)
  if (reason !== null) return openMemory(reason, null, options)
  try {
    return openUsable(file, stamp, options)
  } catch (error) {
    // The one thing it does not deal with itself.
    const known = (options.steps ?? migrations).length
    const newer = { file, found: Number((error as SmdError).details.found), known }
    return { ...openBeside(versionedFile(file, known), stamp, options), newer }
  }
}

/** The cache `smd` of this version reads: `file`, or the one beside it where `file` is of a newer smd. */
export function readableFile(file: string, { steps = migrations }: OpenOptions = {}): string {
  try {
    openForReading(file, { steps }).close()
  } catch (error) {
    if (unusable(error) === 'newer') return versionedFile(file, steps.length)
  }
  return file
}

/** Sets `file` aside when it is unusable. Errors: `cache.newer` when it is of a newer smd. */
function openUsable(file: string, stamp: string, options: OpenOptions): OpenedCache {
  let setAside: OpenedCache['setAside'] = null
  try {
    try {
      prepare(file, options)
    } catch (error) {
      const problem = unusable(error)
      if (problem === null || problem === 'newer') throw error
      setAside = { problem, to: moveAside(file, problem, stamp) }
      prepare(file, options)
    }
    const db = openForReading(file, options)
    return { db, file, storage: 'file', memoryReason: null, setAside, newer: null }
  } catch (error) {
    if (unusable(error) === 'newer') throw error
    return openMemory((error as Error).message, setAside, options)
  }
}

/** The file beside a newer one has a schema of this smd by its name: when its number says otherwise, it is damaged. */
function openBeside(file: string, stamp: string, options: OpenOptions): OpenedCache {
  try {
    return openUsable(file, stamp, options)
  } catch {
    const setAside = { problem: 'corrupt' as const, to: moveAside(file, 'corrupt', stamp) }
    return { ...openUsable(file, stamp, options), setAside }
  }
}

/** Sets a file aside that turned out to be damaged while it was in use, and opens a new one. */
export function openAnew(file: string, stamp: string): OpenedCache {
  try {
    const setAside = { problem: 'corrupt' as const, to: moveAside(file, 'corrupt', stamp) }
    return { ...openCache(file, stamp), setAside }
  } catch (error) {
    return openMemory((error as Error).message, null, {})
  }
}

function openMemory(
  memoryReason: string,
  setAside: OpenedCache['setAside'],
  options: OpenOptions,
): OpenedCache {
  const file = join(memoryFolder(), 'cache.db')
  openForWriting(file, options).close()
  const db = openForReading(file, options)
  return { db, file, storage: 'memory', memoryReason, setAside, newer: null }
}

/** Creates or migrates the file when needed; opening for reading says whether it is. */
function prepare(file: string, options: OpenOptions): void {
  if (existsSync(file)) {
    try {
      openForReading(file, options).close()
      return
    } catch (error) {
      if (unusable(error) !== null) throw error
    }
  }
  openForWriting(file, options).close()
}

/** What is wrong with a file that cannot serve as the cache, or null when the error is of another kind. */
function unusable(error: unknown): Problem | 'newer' | null {
  if (isCorrupt(error)) return 'corrupt'
  if (!(error instanceof SmdError)) return null
  if (error.slug === 'cache.newer') return 'newer'
  const { problem } = error.details
  return problem === 'foreign' || problem === 'unmigrated' ? problem : null
}

/** Moves the database and its companions to `<file>.<problem>-<stamp>`; returns the new name. */
export function moveAside(file: string, problem: string, stamp: string): string {
  const to = `${file}.${problem}-${stamp}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, to + suffix)
  }
  const folder = dirname(file)
  const asides = readdirSync(folder)
    .filter(
      (name) =>
        /\.(corrupt|foreign|newer|unmigrated|replaced)-[^-]+$/.test(name) &&
        name.startsWith(`${basename(file)}.`),
    )
    .toSorted((a, b) => (a.split('-').at(-1) ?? '').localeCompare(b.split('-').at(-1) ?? ''))
  for (const name of asides.slice(0, -KEEP_ASIDE)) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, name + suffix), { force: true })
  }
  return to
}

function whyNotWritable(file: string): string | null {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    accessSync(dirname(file), constants.W_OK | constants.X_OK)
    if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

function memoryFolder(): string {
  const shared = '/dev/shm'
  const root = existsSync(shared) && isWritable(shared) ? shared : tmpdir()
  return mkdtempSync(join(root, 'smd-cache-'))
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
