/** A daemon of its own for a measurement, ended by its pid. */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { type Connection, connect } from '../../client-cli/connect.ts'
import { daemonFlags, daemonMemory } from '../../client-cli/lifecycle/daemon-memory.ts'
import type { ResultOf } from '../../protocol/methods.ts'
import type { Bench } from './bench.ts'
import { cleanEnv, node, pinned } from './processes.ts'

/** Where a daemon looks and where it keeps its own files. */
export type Place = { home: string; smdHome: string; env: NodeJS.ProcessEnv; socket: string; cacheDb: string }

/** Files of a daemon in a new folder below the run's own, for the home folder `home`. */
export function newPlace({ temp }: Bench, home: string, more: NodeJS.ProcessEnv = {}): Place {
  const smdHome = join(temp, `h${++lastPlace}`)
  mkdirSync(smdHome)
  return {
    home,
    smdHome,
    // With the page, on a port that nobody else wants.
    env: cleanEnv(home, temp, { SMD_HOME: smdHome, SMD_WEB_PORT: '0', ...more }),
    socket: join(smdHome, 'run', 'smd.sock'),
    cacheDb: join(smdHome, 'data', 'cache.db'),
  }
}
let lastPlace = 0

export type Daemon = {
  pid: number
  connect(): Connection
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts the built daemon; resolves when it reports that it serves. */
export async function startDaemon(
  { dist, temp }: Bench,
  place: Place,
  { cpu = null, env = {} }: { cpu?: number | null; env?: NodeJS.ProcessEnv } = {},
): Promise<Daemon> {
  const [command = '', ...args] = pinned(cpu, [node, ...daemonFlags, join(dist, 'daemon.cjs'), '--report'])
  const child = spawn(command, args, {
    // As the command line starts it.
    env: { ...daemonMemory, ...place.env, NODE_COMPILE_CACHE: join(temp, 'compile-cache'), ...env },
    cwd: '/',
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  running.add(child)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      running.delete(child)
      resolve()
    })
  })
  const report = await firstLine(child.stdio[3] as Readable)
  const message = report === null ? null : JSON.parse(report)
  if (!message?.ready) throw new Error(`the daemon did not start: ${report ?? 'it ended at once'}`)
  return {
    pid: message.ready.pid,
    connect: () => connect(place.socket, undefined),
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}

function firstLine(stream: Readable): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let text = ''
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
    stream.on('end', () => resolve(null))
    stream.on('error', reject)
  })
}

/** Starts a daemon, does something with a connection to it, and ends it. */
export async function withDaemon<Result>(
  bench: Bench,
  place: Place,
  work: (connection: Connection, daemon: Daemon) => Promise<Result>,
  options: { cpu?: number | null; env?: NodeJS.ProcessEnv } = {},
): Promise<Result> {
  const daemon = await startDaemon(bench, place, options)
  const connection = daemon.connect()
  try {
    return await work(connection, daemon)
  } finally {
    connection.close()
    await daemon.stop()
  }
}

/** Reads the whole tree into the place's cache and ends the daemon, so that the next one starts warm. */
export async function fillCache(
  bench: Bench,
  place: Place,
): Promise<{ artifacts: number; projects: number }> {
  return withDaemon(bench, place, async ({ call }) => {
    await call('cache.refresh', {})
    await untilIdle(call)
    const { artifacts, projects } = await call('cache.status', {})
    return { artifacts, projects }
  })
}

/** Waits until no refresh runs: a daemon looks at the disk soon after its start. */
export async function untilIdle(call: Connection['call']): Promise<ResultOf<'cache.status'>> {
  await wait(200)
  for (;;) {
    const status = await call('cache.status', {})
    if (status.refresh === null) return status
    await wait(20)
  }
}

/** Ends the daemon that a command started, and waits until it is gone. */
export async function stopRegistered(place: Place): Promise<void> {
  const { pid } = JSON.parse(readFileSync(join(place.smdHome, 'state', 'daemon.json'), 'utf8'))
  process.kill(pid, 'SIGTERM')
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await wait(5)
  }
}
