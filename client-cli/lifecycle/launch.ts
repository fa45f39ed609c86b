/** One process of the daemon, and what it says about its start. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { Paths } from '../../daemon/kernel/config/paths.ts'
import { SmdError, type WireError } from '../../protocol/errors.ts'
import { compileCacheFolder, daemonEntry } from '../entries.ts'
import { daemonEnvironment } from './daemon-environment.ts'
import { daemonFlags, daemonMemory } from './daemon-memory.ts'
import { noteFailure } from './start-hold.ts'

const LOG_LINES = 20

/** What became of the process: it serves, another one does, or why it does not. */
export type Launch = 'serves' | 'another runs' | SmdError

/** Starts a process in the background. `forget` lets go of it, whatever it still says. */
export function launch(
  paths: Paths,
  env: NodeJS.ProcessEnv,
): { pid: number; outcome: Promise<Launch>; forget(): void } {
  const log = openSync(paths.logFile, 'a', 0o600)
  const daemon = spawn(process.execPath, [...daemonFlags, daemonEntry, '--report'], {
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
    cwd: '/',
    env: {
      ...daemonMemory,
      ...daemonEnvironment(env),
      NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? compileCacheFolder(paths),
    },
  })
  closeSync(log)
  const pipe = daemon.stdio[3] as Readable
  return {
    pid: daemon.pid ?? 0,
    outcome: reported(paths, daemon, pipe),
    forget() {
      pipe.destroy()
      daemon.unref()
    },
  }
}

async function reported(paths: Paths, daemon: ChildProcess, pipe: Readable): Promise<Launch> {
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    daemon.once('exit', (_, signal) => resolve(signal))
    daemon.once('error', () => resolve(null))
  })
  const line = await firstLine(pipe)
  const report = line === null ? null : parse(line)
  if (report && 'ready' in report) return 'serves'
  if (report) {
    const error = SmdError.fromWire(report.error)
    if (error.slug === 'daemon.already_running') return 'another runs'
    noteFailure(paths, error)
    return error
  }
  const said =
    line === null
      ? `it ended at once; its log ends with:\n${tail(paths.logFile)}`
      : `it said something that is no report: ${line.slice(0, 200)}`
  const error = new SmdError('daemon.start_failed', { reason: said, log: paths.logFile })
  // Killed from outside, it says nothing about whether a start works.
  if (line !== null || (await ended) !== 'SIGKILL') noteFailure(paths, error)
  return error
}

/** What the daemon reports; null when it is something else. */
function parse(line: string): { ready: object } | { error: WireError } | null {
  try {
    const report = JSON.parse(line)
    if (typeof report?.ready === 'object' && report.ready !== null) return report
    return typeof report?.error?.message === 'string' ? report : null
  } catch {
    return null
  }
}

/** The first line of a stream, or null when it ends before. */
function firstLine(stream: Readable): Promise<string | null> {
  return new Promise((resolve) => {
    let text = ''
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
      const end = text.indexOf('\n')
      if (end === -1) return
      stream.destroy()
      resolve(text.slice(0, end))
    })
    stream.on('close', () => resolve(null))
    stream.on('error', () => resolve(null))
  })
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_LINES).join('\n')
}
