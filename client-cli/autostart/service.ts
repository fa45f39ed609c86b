/** smd as a service of the login session: what `smd service …` does, on every system. */
import { existsSync } from 'node:fs'
import { ensurePrivateFolder } from '../../daemon/kernel/fs/private-folder.ts'
import { SmdError } from '../../protocol/errors.ts'
import type { RunTool } from '../lifecycle/run-tool.ts'
import { stopDaemon } from '../lifecycle/stop.ts'
import { launchdManager } from './launchd.ts'
import type { ServiceManager, ServiceState } from './manager.ts'
import type { ServiceMachine } from './program.ts'
import {
  type FileState,
  fileState,
  installedProgram,
  linkIsSet,
  removeServiceFiles,
  setLink,
  writeServiceFile,
} from './service-files.ts'
import { systemdManager } from './systemd.ts'
import { windowsTaskManager } from './windows-task.ts'

export type Service = { machine: ServiceMachine; manager: ServiceManager }

/** The service manager of this system. Errors: `service.unsupported`. */
export function serviceOf(machine: ServiceMachine, run: RunTool): Service {
  const managers: Partial<Record<NodeJS.Platform, typeof systemdManager>> = {
    linux: systemdManager,
    darwin: launchdManager,
    win32: windowsTaskManager,
  }
  const manager = managers[machine.platform]
  if (manager) return { machine, manager: manager(machine, run) }
  throw new SmdError('service.unsupported', { reason: `smd knows no service manager of ${machine.platform}` })
}

/** Whether the manager could be asked; where it could not, what to run by hand. */
export type Asked = { reachable: true } | { reachable: false; reason: string; byHand: readonly string[] }

export type InstallReport = {
  kind: ServiceManager['kind']
  files: Array<{ path: string; was: FileState }>
  /** Whether anything on the disk is different now. */
  changed: boolean
  manager: Asked
  /** The daemon that a command had started, and that made room. */
  replacedPid: number | null
  /** Null when the manager could not be asked. */
  active: ServiceState['active'] | null
  lingers: boolean | null
}

/**
 * Writes the files that are not as they should be, and lets the manager serve. Done twice, nothing changes.
 * Errors: `service.foreign_file` unless `force`; `service.manager_failed`; `daemon.unsafe_folder`; those of the file
 * system.
 */
export async function installService({ machine, manager }: Service, force: boolean): Promise<InstallReport> {
  const files = manager.files.map((file) => ({ path: file.path, was: fileState(file) }))
  const foreign = files.find(({ was }) => was === 'foreign')
  if (foreign && !force) throw new SmdError('service.foreign_file', { path: foreign.path })
  // Logs and variables go there before the daemon could make it.
  ensurePrivateFolder(machine.paths.stateDir, machine.uid)
  let changed = false
  for (const file of manager.files) changed = (await writeServiceFile(file)).changed || changed
  for (const link of manager.links) changed = setLink(link).changed || changed
  const report = { kind: manager.kind, files, changed, lingers: manager.lingers() }
  const asked = await ask(manager)
  if (!asked.reachable) return { ...report, manager: asked, replacedPid: null, active: null }
  const before = await manager.state()
  const replacedPid = await makeRoom(machine, before)
  if (changed || !serves(before)) await manager.activate(changed)
  return { ...report, manager: asked, replacedPid, active: (await manager.state()).active }
}

export type UninstallReport = {
  kind: ServiceManager['kind']
  /** Paths that are gone. */
  removed: string[]
  /** Files at the same places that smd did not write. */
  left: string[]
  manager: Asked
}

/** Ends the daemon and removes everything that installing made. Errors: `service.manager_failed`. */
export async function uninstallService({ manager }: Service): Promise<UninstallReport> {
  const asked = await ask(manager)
  const ours = installedProgram(manager.files) !== null
  if (asked.reachable && ours) await manager.stop()
  const removed = removeServiceFiles(manager)
  if (asked.reachable && ours) await manager.forget()
  const left = manager.files.map(({ path }) => path).filter((path) => existsSync(path))
  return { kind: manager.kind, removed, left, manager: asked }
}

export type ServiceStatus = {
  kind: ServiceManager['kind']
  installed: boolean
  /** Starts by itself at login. */
  enabled: boolean
  /** The files are what this smd would write. */
  current: boolean
  /** What the service runs. */
  runs: { node: string; entry: string } | null
  /** Programs it would run that are not there any more. */
  missing: string[]
  files: Array<{ path: string; state: FileState }>
  manager: Asked
  active: ServiceState['active'] | null
  pid: number | null
  lingers: boolean | null
}

/** Changes nothing. Errors: `service.manager_failed`. */
export async function serviceStatus({ manager }: Service): Promise<ServiceStatus> {
  const files = manager.files.map((file) => ({ path: file.path, state: fileState(file) }))
  const runs = installedProgram(manager.files)
  const installed = runs !== null
  const asked = await ask(manager)
  const state = asked.reachable ? await manager.state() : null
  const linked = manager.links.every(linkIsSet)
  return {
    kind: manager.kind,
    installed,
    enabled: installed && linked,
    current: linked && files.every((file) => file.state === 'current'),
    runs,
    missing: runs ? [runs.node, runs.entry].filter((path) => !existsSync(path)) : [],
    files,
    manager: asked,
    active: state?.active ?? null,
    pid: state?.pid ?? null,
    lingers: manager.lingers(),
  }
}

/** Starts the daemon by the manager. Errors: `service.not_installed`, `service.no_manager`, `service.manager_failed`. */
export async function startService(service: Service): Promise<ServiceState> {
  const { machine, manager } = service
  await requireManager(service)
  const before = await manager.state()
  await makeRoom(machine, before)
  if (!serves(before)) await manager.activate(false)
  await manager.start()
  return manager.state()
}

/** Ends the daemon until the next login or start; gives what was. Errors: as `startService`. */
export async function stopService(service: Service): Promise<ServiceState> {
  const { manager } = service
  await requireManager(service)
  const before = await manager.state()
  await manager.stop()
  return before
}

async function requireManager({ manager }: Service): Promise<void> {
  if (!installedProgram(manager.files)) throw new SmdError('service.not_installed')
  const asked = await ask(manager)
  if (asked.reachable) return
  const { kind, byHand } = manager
  throw new SmdError('service.no_manager', {
    manager: kind,
    reason: asked.reason,
    later: byHand.join(' && '),
  })
}

async function ask(manager: ServiceManager): Promise<Asked> {
  const reason = await manager.unreachable()
  return reason === null ? { reachable: true } : { reachable: false, reason, byHand: manager.byHand }
}

const serves = ({ active }: ServiceState): boolean => active === 'running' || active === 'listening'

/** A daemon that some command started holds the lock and the socket's name; one of the manager is not asked. */
async function makeRoom({ paths }: ServiceMachine, before: ServiceState): Promise<number | null> {
  if (serves(before)) return null
  return (await stopDaemon(paths))?.pid ?? null
}
