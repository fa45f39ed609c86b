/** Whether the disk under smd's files is one it can rely on. */
import { statSync } from 'node:fs'
import { formatBytes } from '../format/values.ts'
import { type Finding, fault, type Machine, ok } from './finding.ts'
import { existingFolder } from './folders.ts'

/** Room for a large cache, its log and a copy before a migration. */
const LEAST_FREE_BYTES = 100_000_000

export function checkStorage(machine: Machine): Finding[] {
  const { dataDir, stateDir } = machine.paths
  // One answer for each disk.
  const disks = new Map(
    [stateDir, dataDir].map(existingFolder).map((folder) => [statSync(folder).dev, folder]),
  )
  return [...disks.values()].flatMap((folder) => [fileSystem(machine, folder), freeSpace(machine, folder)])
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
  if (free >= LEAST_FREE_BYTES) return ok('disk space', `${formatBytes(free)} left for ${folder}`)
  return fault(
    'disk space',
    `Only ${formatBytes(free)} are left for ${folder}.`,
    'Free some space on this disk, or set SMD_HOME to a folder on another one',
  )
}
