import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { bootId, processStart } from './process-start.ts'
import type { StartedBy } from './started-by.ts'

/** What started the daemon: a client, a service manager, or somebody in a terminal (`--foreground`). */
/**
 * Where the daemon says who it is and how to reach it, from the moment it holds the lock. Hints only: nothing counts
 * until the handshake confirms `instance`, or the kernel confirms `processStart`.
 */
export type Registration = {
  protocol: number
  version: string
  pid: number
  instance: string
  socket: string
  /** Unix ms. */
  startedAt: number
  state: 'starting' | 'serving' | 'stopping'
  startedBy: StartedBy
  /** Of the native modules, as in `process.versions.modules`. */
  nodeAbi: string
  /** A home folder may be shared by machines; `pid` means something on this one, until it starts anew. */
  host: string
  bootId: string | null
  /** Start of the process as the kernel has it (`processStart`). */
  processStart: string | null
}

/** Where and when a process is registered: the part of a registration that is the same for all of this machine. */
export function thisPlace(): Pick<Registration, 'host' | 'bootId' | 'processStart' | 'nodeAbi'> {
  return {
    host: hostname(),
    bootId: bootId(),
    processStart: processStart(process.pid),
    nodeAbi: process.versions.modules,
  }
}

export function writeRegistration(file: string, registration: Registration): void {
  const temporary = `${file}.${registration.pid}.tmp`
  writeFileSync(temporary, `${JSON.stringify(registration)}\n`, { mode: 0o600 })
  renameSync(temporary, file)
}

/** Removes the file if it is still the one of `instance`. */
export function removeRegistration(file: string, instance: string): void {
  if (readRegistration(file)?.instance === instance) rmSync(file, { force: true })
}

/** What the file says, or null when there is none that can be read. */
export function readRegistration(file: string): Registration | null {
  try {
    const registration = JSON.parse(readFileSync(file, 'utf8'))
    const { pid, instance, socket } = registration ?? {}
    const isOne = typeof pid === 'number' && typeof instance === 'string' && typeof socket === 'string'
    return isOne ? registration : null
  } catch {
    return null
  }
}

/**
 * What became of the registered process. `alive`: it is the one that runs under this number now. `gone`: no process has
 * the number, or the machine was started anew. `replaced`: another process has it. `elsewhere`: it ran on another
 * machine. `unknown`: a process has the number, and nothing tells whether it is the one.
 */
export type Fate = 'alive' | 'gone' | 'replaced' | 'elsewhere' | 'unknown'

export function fateOf({ pid, host, bootId: boot, processStart: start }: Registration): Fate {
  if (host !== undefined && host !== hostname()) return 'elsewhere'
  if (boot && boot !== bootId()) return 'gone'
  const now = processStart(pid)
  if (now !== null) {
    if (!start) return 'unknown'
    return now === start ? 'alive' : 'replaced'
  }
  if (process.platform === 'linux' || process.platform === 'darwin') return 'gone'
  return exists(pid) ? 'unknown' : 'gone'
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
