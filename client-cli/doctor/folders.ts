/** Whether smd's folders are there, writable, and closed to everybody else (promise S1). */
import { accessSync, constants, lstatSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Finding, fault, type Machine, note, ok } from './finding.ts'

export function checkFolders(machine: Machine): Finding[] {
  const { paths } = machine
  return [
    checkFolder(machine, 'config folder', dirname(paths.configFile), 'writable by others'),
    checkFolder(machine, 'data folder', paths.dataDir, 'open to others'),
    checkFolder(machine, 'state folder', paths.stateDir, 'private'),
    checkFolder(machine, 'runtime folder', paths.runtimeDir, 'private'),
  ]
}

/**
 * What is not tolerated. The daemon refuses to run where a `private` folder is a link or foreign, and tightens its
 * mode itself at every start.
 */
type Rule = 'private' | 'open to others' | 'writable by others'

function checkFolder(machine: Machine, check: string, path: string, rule: Rule): Finding {
  const { uid } = machine
  try {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (!found) return checkAbsent(check, path)
    if (found.isSymbolicLink() && rule === 'private') {
      return fault(
        check,
        `${path} is a symbolic link.`,
        `Replace it by a real folder: rm ${path} && mkdir -m 700 ${path}`,
      )
    }
    const folder = statSync(path)
    if (!folder.isDirectory())
      return fault(check, `${path} is not a folder.`, `Move it away: mv ${path} ${path}.old`)
    if (uid !== null) {
      const problem = checkAccess(check, path, folder, uid, rule)
      if (problem) return problem
    }
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return ok(check, path)
  } catch (error) {
    return fault(
      check,
      `${path} cannot be used: ${codeOf(error)}.`,
      `Make it yours: sudo chown -R "$USER" ${path} && chmod u+rwx ${path}`,
    )
  }
}

function checkAccess(check: string, path: string, folder: Stats, uid: number, rule: Rule): Finding | null {
  if (folder.uid !== uid) {
    return fault(
      check,
      `${path} belongs to user ${folder.uid}, not to you (${uid}).`,
      `sudo chown -R "$USER" ${path}`,
    )
  }
  const forbidden = rule === 'writable by others' ? 0o022 : 0o077
  if (folder.mode & forbidden) {
    const mode = (folder.mode & 0o777).toString(8).padStart(4, '0')
    return fault(
      check,
      `${path} is ${rule === 'private' ? 'open to others' : rule} (mode ${mode}).`,
      `chmod 700 ${path}`,
    )
  }
  const parent = statSync(dirname(path))
  if (rule === 'private' && (parent.mode & 0o002) !== 0) {
    return fault(
      check,
      `${path} is not safe: everybody may write to ${dirname(path)} around it.`,
      parent.mode & 0o1000 ? 'Set SMD_HOME to a folder of yours' : `chmod o-w ${dirname(path)}`,
    )
  }
  return null
}

function checkAbsent(check: string, path: string): Finding {
  const parent = existingFolder(path)
  try {
    accessSync(parent, constants.W_OK | constants.X_OK)
    return note(check, `${path} does not exist yet; it is made when it is needed.`)
  } catch (error) {
    return fault(
      check,
      `${path} does not exist and cannot be made: ${codeOf(error)} in ${parent}.`,
      `Make ${parent} writable, or set SMD_HOME to a folder of yours`,
    )
  }
}

/** The folder itself, or the nearest one above that exists. */
export function existingFolder(path: string): string {
  for (let folder = path; ; folder = dirname(folder)) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() || folder === dirname(folder))
      return folder
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error)
