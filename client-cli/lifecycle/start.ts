import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Paths } from '../../daemon/kernel/config/paths.ts'
import { ensurePrivateFolder } from '../../daemon/kernel/fs/private-folder.ts'
import { fateOf, readRegistration } from '../../daemon/kernel/service/registration.ts'
import { SmdError, type WireError } from '../../protocol/errors.ts'
import type { Connection } from '../connect.ts'
import { compileCacheFolder, daemonEntry } from '../entries.ts'
import { connectToRunning } from '../session.ts'
import { daemonFlags, daemonMemory } from './daemon-memory.ts'
import { noteFailure } from './start-hold.ts'

/** How long a start may take until somebody answers (daemon spec L2). */
const START_MS = 5_000
/** How long nobody may hold the registration before the one that ran is taken for gone. */
const GONE_MS = 300
/** How long whoever listens may take to greet before it is asked again. */
const GREETING_MS = 1_000
const LOG_LINES = 20

/** What became of one process: it serves, another one does, or why it does not. */
type Launch = 'serves' | 'another runs' | SmdError

/**
 * Starts the daemon in the background and returns when one answers. When several clients start one at once, one daemon
 * wins and all are content with it; when one is just ending, the next is started after it.
 * Errors: why it did not start, in its own words; `daemon.start_failed` with the end of the log when it just died.
 */
export async function startDaemon(paths: Paths, env: NodeJS.ProcessEnv): Promise<{ started: boolean }> {
  ensurePrivateFolder(paths.stateDir, process.getuid?.() ?? null)
  const deadline = performance.now() + START_MS
  for (;;) {
    const { pid, outcome, forget } = launch(paths, env)
    // Whoever listens first is good for everybody: a process of our own that lost may take long to say so.
    const polled = pollUntilListening(paths, deadline)
    const first = await Promise.race([outcome, polled.listening])
    polled.stop()
    forget()
    if (first === 'serves') return { started: true }
    if (first === 'listens') return { started: servedBy(paths, pid) }
    if (first instanceof SmdError) throw first
    if (first === 'late') throw slow(paths, pid)
    if ((await untilItListensOrIsGone(paths, deadline)) === 'listens') return { started: false }
  }
}

function launch(
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
      ...env,
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

/** Tries to connect now and then; `late` when the deadline passes before. */
function pollUntilListening(
  paths: Paths,
  deadline: number,
): { listening: Promise<'listens' | 'late'>; stop(): void } {
  const over = new AbortController()
  const poll = async (): Promise<'listens' | 'late'> => {
    // The report of a start that goes well comes before the first try.
    for (let pause = 200; ; pause = Math.min(pause * 1.5, 500)) {
      const left = deadline - performance.now()
      if (left <= 0) return 'late'
      await wait(Math.min(pause, left), undefined, { signal: over.signal })
      if (await listens(paths)) return 'listens'
    }
  }
  const listening = poll()
  // Ended by `stop`, when nobody waits for it any more.
  listening.catch(() => undefined)
  return { listening, stop: () => over.abort() }
}

async function untilItListensOrIsGone(paths: Paths, deadline: number): Promise<'listens' | 'gone'> {
  let goneSince: number | null = null
  for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
    if (await listens(paths)) return 'listens'
    const now = performance.now()
    const registered = readRegistration(paths.registrationFile)
    const fate = registered && fateOf(registered)
    if (fate === 'alive' || fate === 'unknown') goneSince = null
    else goneSince ??= now
    if (goneSince !== null && now - goneSince > GONE_MS) return 'gone'
    if (now > deadline) {
      if (registered?.state === 'stopping') throw new SmdError('daemon.stopping')
      throw slow(paths, registered?.pid ?? null)
    }
    await wait(pause)
  }
}

/** Whether somebody greets as smd does; of another version counts, too. */
async function listens(paths: Paths): Promise<boolean> {
  let connection: Connection | null = null
  try {
    connection = await connectToRunning(paths)
    return await Promise.race([
      connection.greeting.then(() => true),
      wait(GREETING_MS, false, { ref: false }),
    ])
  } catch (error) {
    if (!(error instanceof SmdError)) throw error
    if (error.slug === 'daemon.not_allowed') throw error
    return error.slug === 'protocol.version'
  } finally {
    connection?.close()
  }
}

const servedBy = (paths: Paths, pid: number): boolean => readRegistration(paths.registrationFile)?.pid === pid

function slow(paths: Paths, pid: number | null): SmdError {
  const who = pid === null ? '' : ` (pid ${pid})`
  const reason = `it did not answer within ${START_MS / 1000} s${who}. Ask again in a moment, or end it: smd stop --force`
  return new SmdError('daemon.start_failed', { reason, log: paths.logFile })
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_LINES).join('\n')
}
