/** Whether cache.db can be used. It holds nothing that cannot be read from the disk again. */
import { accessSync, constants, lstatSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { SmdError } from '../../protocol/errors.ts'
import type { DaemonReport } from './daemon.ts'
import { type Finding, fault, type Machine, note, ok } from './finding.ts'
import { cacheFile } from './settings.ts'

const CHECK = 'cache.db'
const REBUILD = 'Restart the daemon, which sets the file aside and reads the disk again: smd restart'

/** Files beyond this are not read page by page by a command that people wait for; the daemon does it at its start. */
const MAX_CHECKED_BYTES = 100_000_000

/** Needs a SQLite module that loads. `known` is what a running daemon says of its cache; null without one. */
export async function checkCache(machine: Machine, known: DaemonReport['cache']): Promise<Finding[]> {
  const file = await cacheFile(machine)
  let found: Stats | undefined
  try {
    found = lstatSync(file, { throwIfNoEntry: false })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return [fault(CHECK, `${file} cannot be reached (${code}).`, `Make ${dirname(file)} a folder of yours`)]
  }
  if (!found) return [note(CHECK, `There is no ${file} yet; the daemon makes it.`)]
  const access = checkAccess(file)
  if (access) return [access]
  const exposed = machine.uid !== null && (found.mode & 0o077) !== 0
  return [
    known?.path === file ? knownContent(file, known.problem) : await checkContent(file, found.size),
    ...(exposed ? [fault(CHECK, `${file} can be read by others.`, `chmod 600 ${file}`)] : []),
  ]
}

function checkAccess(file: string): Finding | null {
  for (const path of [dirname(file), file]) {
    try {
      accessSync(path, constants.R_OK | constants.W_OK)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      const text = `${path} cannot be written (${code}): the cache lives in memory and is read anew at every start.`
      return fault(CHECK, text, `Make it yours: sudo chown -R "$USER" ${path} && chmod u+rw ${path}`)
    }
  }
  return null
}

function knownContent(file: string, problem: string | null): Finding {
  if (problem === null) return ok(CHECK, file)
  const fix = 'Nothing to do: the daemon sets the file aside and reads the disk again'
  return fault(CHECK, `${file} is damaged: ${problem}`, fix)
}

async function checkContent(file: string, bytes: number): Promise<Finding> {
  const { openForReading } = await import('../../daemon/kernel/db/open.ts')
  try {
    const db = openForReading(file)
    try {
      const verdict = bytes > MAX_CHECKED_BYTES ? 'ok' : db.pragma('quick_check(1)')
      if (verdict !== 'ok') return fault(CHECK, `${file} is damaged: ${verdict}`, REBUILD)
    } finally {
      db.close()
    }
    return ok(CHECK, file)
  } catch (error) {
    if (!(error instanceof SmdError)) throw error
    if (error.slug === 'cache.newer') return fault(CHECK, error.message, error.hint)
    if (error.details.problem === 'foreign') return fault(CHECK, error.message, REBUILD)
    if (error.cause || error.details.problem === 'corrupt')
      return fault(CHECK, `${file} is damaged: ${error.message}`, REBUILD)
    // An older schema.
    return note(CHECK, error.message, 'Nothing to do: the daemon brings it up to date when it starts')
  }
}
