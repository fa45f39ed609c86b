import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Paths } from '../../daemon/kernel/config/paths.ts'
import { ensurePrivateFolder } from '../../daemon/kernel/fs/private-folder.ts'
import { SmdError, type WireError } from '../../protocol/errors.ts'
import { compileCacheFolder, daemonEntry } from '../entries.ts'
import { connectToRunning } from '../session.ts'
import { daemonEnvironment } from './daemon-environment.ts'
import { daemonFlags, daemonMemory } from './daemon-memory.ts'

/** How long the winner of a start race may take until it listens (daemon spec L2). */
const RACE_MS = 5_000
const LOG_LINES = 20

type Report = { ready: { pid: number; instance: string; socket: string } } | { error: WireError }

/**
 * Starts the daemon in the background and returns when it answers. When several clients start one at once, one daemon
 * wins and all are content with it.
 * Errors: why it did not start, in its own words; `daemon.start_failed` with the end of the log when it just died.
 */
export async function startDaemon(paths: Paths, env: NodeJS.ProcessEnv): Promise<{ started: boolean }> {
  ensurePrivateFolder(paths.stateDir, process.getuid?.() ?? null)
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
  const report = await firstLine(daemon.stdio[3] as Readable)
  daemon.unref()
  if (report === null) {
    const reason = `it ended at once; its log ends with:\n${tail(paths.logFile)}`
    throw new SmdError('daemon.start_failed', { reason, log: paths.logFile })
  }
  const message: Report = JSON.parse(report)
  if ('ready' in message) return { started: true }
  const error = SmdError.fromWire(message.error)
  if (error.slug !== 'daemon.already_running') throw error
  await untilItListens(paths)
  return { started: false }
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

async function untilItListens(paths: Paths): Promise<void> {
  const deadline = performance.now() + RACE_MS
  for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
    try {
      const connection = await connectToRunning(paths)
      return connection.close()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await wait(pause)
    }
  }
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_LINES).join('\n')
}
