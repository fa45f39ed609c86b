/** Files of other managers that record where artifacts came from, and how each is read. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { unitRelative } from './config-artifact.ts'
import { type ConfigFormat, type FileState, lookAt, readConfigFile } from './config-file.ts'
import { type DeploymentRecord, readDeployments } from './deployment-records.ts'
import { ownValue, recordAt, textOf } from './json-values.ts'
import {
  type Lock,
  readApmLock,
  readRulesyncLock,
  readSkillshareMetadata,
  readSkillsLock,
} from './lock-files.ts'
import {
  collectionLockFile,
  deploymentFile,
  projectRecords,
  skillshareFile,
  userRecords,
} from './record-names.ts'
import type { Diagnostic, ScanCounters, ScanEnvironment, ScanUnit, UnitResult } from './types.ts'

/** One file that records something, and how it is read. */
export type RecordFile = {
  file: FileState
  format: ConfigFormat
  read: (value: unknown, known: Known) => Diagnostic[]
}

/** What all files of a unit say. */
export type Known = {
  deployments: DeploymentRecord[]
  locks: Lock[]
  /** H1 by `name::type`, of `collection.lock`. */
  collectionLock: Map<string, string>
}

/** The files that exist, in the order their word counts. */
export function locateRecords(unit: ScanUnit, env: ScanEnvironment, counters: ScanCounters): RecordFile[] {
  const found: RecordFile[] = []
  const add = (path: string, format: ConfigFormat, read: RecordFile['read']): boolean => {
    const file = lookAt(path, counters)
    if (!file.stats && !file.error) return false
    found.push({ file, format, read })
    return true
  }
  const addLock = (path: string, format: ConfigFormat, parse: (value: unknown) => Lock) =>
    add(path, format, (value, known) => {
      const lock = parse(value)
      known.locks.push(lock)
      return lock.diagnostics
    })
  const addDeployments = (folder: string) =>
    add(join(folder, deploymentFile), 'toml', (value, known) => {
      const { records, diagnostics } = readDeployments(value, unitRelative(unit.path, folder))
      known.deployments.push(...records)
      return diagnostics
    })
  const skillshare = (folder: string) => {
    addLock(join(folder, skillshareFile), 'json', (value) =>
      readSkillshareMetadata(value, unitRelative(unit.path, folder)),
    )
  }

  if (unit.kind === 'project') {
    const { skillsLock, apmLocks, rulesyncLock, skillshareFolder } = projectRecords
    const names = namesIn(unit.path, counters)
    for (const name of names.filter((each) => /^\.[^.]/.test(each) && each !== '.git').sort()) {
      addDeployments(join(unit.path, name))
    }
    if (names.includes(skillsLock)) {
      addLock(join(unit.path, skillsLock), 'json', (value) => readSkillsLock(value, 1))
    }
    for (const name of apmLocks) {
      if (names.includes(name) && addLock(join(unit.path, name), 'yaml', readApmLock)) break
    }
    if (names.includes(rulesyncLock)) addLock(join(unit.path, rulesyncLock), 'json', readRulesyncLock)
    if (names.includes('.skillshare')) skillshare(join(unit.path, skillshareFolder))
  } else if (unit.kind === 'user') {
    const { deploymentFolders, skillsLocks, apmLock, skillshareFolder } = userRecords(env.folders)
    for (const folder of deploymentFolders) addDeployments(folder)
    for (const path of skillsLocks) if (addLock(path, 'json', (value) => readSkillsLock(value, 3))) break
    addLock(apmLock, 'yaml', readApmLock)
    skillshare(skillshareFolder)
  } else if (unit.kind === 'collection') {
    add(join(unit.path, collectionLockFile), 'toml', (value, known) => {
      for (const [key, entry] of Object.entries(recordAt(recordAt(value, 'lock'), 'entries'))) {
        const hash = textOf(ownValue(entry, 'content_hash'))
        if (hash) known.collectionLock.set(key, hash.toLowerCase())
      }
      return []
    })
  }
  return found
}

function namesIn(folder: string, counters: ScanCounters): string[] {
  try {
    counters.directories++
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Reads the files; what is wrong with one is added to `diagnostics`. */
export function readRecords(
  unit: ScanUnit,
  files: readonly RecordFile[],
  { counters, diagnostics }: { counters: ScanCounters; diagnostics: UnitResult['diagnostics'] },
): Known {
  const known: Known = { deployments: [], locks: [], collectionLock: new Map() }
  for (const { file, format, read } of files) {
    const { value, diagnostics: trouble } = readConfigFile(file, format, counters)
    const found = value === undefined || value === null ? trouble : [...trouble, ...read(value, known)]
    const relPath = unitRelative(unit.path, file.path)
    diagnostics.push(...found.map((each) => ({ ...each, relPath })))
  }
  return known
}
