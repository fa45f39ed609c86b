/** Whether the disk under smd's files is one it can rely on. */
import { type Finding, fault, type Machine, ok } from './finding.ts'
import { existingFolder } from './folders.ts'

/** Room for a large cache, its log and a copy before a migration. */
const LEAST_FREE_BYTES = 100_000_000

export function checkStorage(machine: Machine): Finding[] {
  const { dataDir, stateDir } = machine.paths
  const folders = [...new Set([dataDir, stateDir].map(existingFolder))]
  return folders.flatMap((folder) => [fileSystem(machine, folder), freeSpace(machine, folder)])
}

function fileSystem({ networkFileSystem }: Machine, folder: string): Finding {
  const kind = networkFileSystem(folder)
  if (kind === null) return ok('file system', `${folder} is on a local disk`)
  return fault(
    'file system',
    `${folder} is on ${kind}, where SQLite's locks cannot be trusted.`,
    'Set SMD_HOME to a folder on a local disk of this machine',
  )
}

function freeSpace({ freeBytes }: Machine, folder: string): Finding {
  const free = freeBytes(folder)
  const shown = `${(free / 1e9).toFixed(1)} GB`
  if (free >= LEAST_FREE_BYTES) return ok('disk space', `${shown} left for ${folder}`)
  return fault(
    'disk space',
    `Only ${Math.round(free / 1e6)} MB are left for ${folder}.`,
    'Free some space on this disk, or set SMD_HOME to a folder on another one',
  )
}
