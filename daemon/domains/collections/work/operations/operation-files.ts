/**
 * Operations as files: in `operations/open` while one is under way, or was cut short, and afterwards in `operations`, so that
 * it can be taken back.
 */
import { join } from 'node:path'
import { syncFolder } from '../../../../kernel/fs/durable.ts'
import { newUniqueId } from '../../../../kernel/unique-id.ts'
import { type FileCalls, unlessAbsent, writeSynced } from './file-calls.ts'
import type { Operation } from './types.ts'

const DAY_MS = 86_400_000
/** How long, and how many, operations can be taken back. */
const KEPT_DAYS = 90
const KEPT_COUNT = 100

const folderOf = (own: string): string => join(own, 'operations')
const openFolder = (own: string): string => join(folderOf(own), 'open')

const idPattern = /^op_\d{14}(?:\d{3})?_[0-9a-f]{6}$/

/**
 * An id for an operation that begins, behind those of all others, also when the clock was set back: the newest is what is
 * taken back. `now`: Unix ms.
 */
export async function newOperationId(own: string, now: number, calls: FileCalls): Promise<string> {
  const ids = [...(await listOpen(own, calls)), ...(await listIds(folderOf(own), calls))]
  const newest = ids.sort().at(-1)
  return operationId(newest === undefined ? now : Math.max(now, timeOf(newest) + 1), newUniqueId())
}

/** Unix ms, 0 for what is no time; older ids have seconds only. */
function timeOf(id: string): number {
  const digits = id.slice(3, id.indexOf('_', 3)).padEnd(17, '9')
  return Date.parse(digits.replace(/^(....)(..)(..)(..)(..)(..)(...)$/, '$1-$2-$3T$4:$5:$6.$7Z')) || 0
}

/** Sorts by time, to the millisecond. `now`: Unix ms; `random`: hex digits. */
function operationId(now: number, random: string): string {
  const stamp = new Date(now).toISOString().replace(/\D/g, '').slice(0, 17)
  return `op_${stamp}_${random.slice(0, 6)}`
}

/** The note that something begins, on the disk before anything is touched. */
export async function putOpen(own: string, operation: Operation, calls: FileCalls): Promise<void> {
  const folder = openFolder(own)
  await calls.mkdir(folder, { recursive: true, mode: 0o700 })
  await putFile(folder, operation, calls)
}

/** Ids of what is under way; one call where there is none. */
export const listOpen = (own: string, calls: FileCalls): Promise<string[]> => listIds(openFolder(own), calls)

export const readOpen = (own: string, id: string, calls: FileCalls): Promise<Operation | null> =>
  readOperationFile(join(openFolder(own), `${id}.json`), calls)

/** Keeps what came of it, and only then forgets that it was under way. */
export async function putDone(own: string, operation: Operation, calls: FileCalls): Promise<void> {
  await putFile(folderOf(own), operation, calls)
  await dropOpen(own, operation.id, calls)
}

export async function dropOpen(own: string, id: string, calls: FileCalls): Promise<void> {
  await calls.unlink(join(openFolder(own), `${id}.json`)).catch(unlessAbsent)
}

async function putFile(folder: string, operation: Operation, calls: FileCalls): Promise<void> {
  const target = join(folder, `${operation.id}.json`)
  const temporary = `${target}.tmp`
  await calls.unlink(temporary).catch(unlessAbsent)
  try {
    await writeSynced(temporary, JSON.stringify(operation), 0o600, calls)
    await calls.rename(temporary, target)
  } catch (error) {
    await calls.unlink(temporary).catch(() => undefined)
    throw error
  }
  await syncFolder(folder, calls)
}

/** Ids of operations that can be taken back, newest first. */
export async function listOperations(own: string, calls: FileCalls): Promise<string[]> {
  return (await listIds(folderOf(own), calls)).reverse()
}

/**
 * Those that still stand, newest first: something was done, and nothing that stands takes it back. An undo stands until it
 * is taken back itself.
 */
export async function* standingOperations(own: string, calls: FileCalls): AsyncGenerator<Operation> {
  const undone = new Set<string>()
  for (const id of await listOperations(own, calls)) {
    const operation = await readOperation(own, id, calls)
    if (!operation || undone.has(id)) continue
    if (!operation.projects.some(({ outcome }) => outcome === 'done')) continue
    if (operation.undoes !== null) undone.add(operation.undoes)
    yield operation
  }
}

/** Null when there is none, or its file cannot be understood. */
export function readOperation(own: string, id: string, calls: FileCalls): Promise<Operation | null> {
  return idPattern.test(id)
    ? readOperationFile(join(folderOf(own), `${id}.json`), calls)
    : Promise.resolve(null)
}

async function listIds(folder: string, calls: FileCalls): Promise<string[]> {
  const names = (await calls.readdir(folder).catch(unlessAbsent)) ?? []
  return names
    .map((name) => name.replace(/\.json$/, ''))
    .filter((id) => idPattern.test(id))
    .sort()
}

async function readOperationFile(file: string, calls: FileCalls): Promise<Operation | null> {
  const text = await calls.readFile(file, 'utf8').catch(unlessAbsent)
  if (text === null) return null
  try {
    const operation = JSON.parse(text) as Operation
    return operation.version === 1 && Array.isArray(operation.projects) ? operation : null
  } catch {
    return null
  }
}

/** Forgets those that are old or too many, and what a killed process left of a file. */
export async function pruneOperations(own: string, now: number, calls: FileCalls): Promise<void> {
  const ids = await listOperations(own, calls)
  const oldest = operationId(now - KEPT_DAYS * DAY_MS, '000000')
  const folder = folderOf(own)
  for (const [n, id] of ids.entries()) {
    if (n >= KEPT_COUNT || id < oldest) await calls.unlink(join(folder, `${id}.json`)).catch(unlessAbsent)
  }
  for (const name of (await calls.readdir(folder).catch(unlessAbsent)) ?? []) {
    if (name.endsWith('.tmp')) await calls.unlink(join(folder, name)).catch(unlessAbsent)
  }
}
