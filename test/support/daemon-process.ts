/** The daemon's own process, started as the command line starts it, but kept in hand. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Sandbox } from './daemon.ts'

const source = join(import.meta.dirname, '../../daemon/main.ts')

export type Report = {
  ready?: { pid: number; instance: string; socket: string }
  error?: { message: string; data?: { slug: string } }
}

export type DaemonProcess = {
  child: ChildProcess
  /** What it reported before it served or ended; null when it said nothing. */
  report: Report | null
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | string | null>
}

/** Environment that loads a file of this folder before the daemon. */
export function preloaded(
  name: 'quick-minutes' | 'tiny-queue-daemon' | 'wedge',
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import=${new URL(`./${name}.ts`, import.meta.url).href}`, ...env }
}

export type LaunchOptions = {
  /** False: as started by a service manager or in a terminal, and nothing is waited for. */
  report?: boolean
  /** The file to run; from source when left out. */
  entry?: string | undefined
}

/** Starts a daemon for the sandbox. The caller ends it. */
export function launchProcess(
  box: Sandbox,
  env: NodeJS.ProcessEnv = {},
  { report = true, entry = source }: LaunchOptions = {},
): Pick<DaemonProcess, 'child' | 'ended'> {
  const child = spawn(process.execPath, report ? [entry, '--report'] : [entry], {
    env: { ...box.env, ...env },
    cwd: '/',
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  return { child, ended: once(child, 'exit').then(([code, signal]) => code ?? signal) }
}

/** As `launchProcess`, and waits for its report. */
export async function startProcess(
  box: Sandbox,
  env: NodeJS.ProcessEnv = {},
  options: LaunchOptions = {},
): Promise<DaemonProcess> {
  const { child, ended } = launchProcess(box, env, options)
  if (options.report === false) return { child, report: null, ended }
  let text = ''
  for await (const chunk of child.stdio[3] as Readable) {
    text += chunk
    if (text.endsWith('\n')) break
  }
  return { child, report: text === '' ? null : JSON.parse(text), ended }
}

/** The lines of the daemon's log that say `message`. */
export function logged(box: Sandbox, message: string): Array<Record<string, unknown>> {
  if (!existsSync(box.paths.logFile)) return []
  return readFileSync(box.paths.logFile, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((line) => line.message === message)
}
