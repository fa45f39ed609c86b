/** One life of a daemon: a process of its own, whose event loop can be asked how it is. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { daemonFlags, daemonMemory } from '../../client-cli/lifecycle/daemon-memory.ts'
import { type Paths, resolvePaths } from '../../daemon/kernel/config/paths.ts'
import { cleanEnv } from '../bench/processes.ts'

/** Where a daemon lives and what it looks at. */
export type Place = { home: string; env: NodeJS.ProcessEnv; paths: Paths }

export function placeIn(temp: string, home: string): Place {
  const env = cleanEnv(home, temp, {
    SMD_HOME: join(temp, 'smd'),
    SMD_CLAUDE_MANAGED_DIR: join(temp, 'managed'),
    SMD_WEB_PORT: '0',
    NODE_COMPILE_CACHE: join(temp, 'compile-cache'),
  })
  return {
    home,
    env,
    paths: resolvePaths(env, process.platform, home, process.getuid?.() ?? null, () => temp),
  }
}

export type LoopDelay = { p50: number; p99: number; max: number; count: number }

export type Life = {
  pid: number
  /** Unix ms; it was started a moment later. */
  startedAt: number
  /** How long the event loop kept others waiting since it was last asked, ms. */
  loopDelay(): Promise<LoopDelay>
  /** Ends it and resolves when it is gone. Throws when it did not end in order though it was asked to. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Set when it ended by itself. */
  died: string | null
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts the daemon whose program is `entry`; resolves when it serves. */
export async function startLife(entry: string, place: Place): Promise<Life> {
  const delayFile = join(place.paths.stateDir, '..', 'loop-delay.json')
  const instrument = join(import.meta.dirname, 'loop-delay.ts')
  const startedAt = Date.now()
  const child = spawn(process.execPath, [...daemonFlags, '--import', instrument, entry, '--report'], {
    env: { ...daemonMemory, ...place.env, SMD_SOAK_LOOP: delayFile },
    cwd: '/',
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  running.add(child)
  const ended = once(child, 'exit').then(([code, signal]) => {
    running.delete(child)
    return String(signal ?? code)
  })
  let text = ''
  for await (const chunk of child.stdio[3] as Readable) text += chunk
  const report = text === '' ? null : JSON.parse(text)
  if (!report?.ready) throw new Error(`the daemon did not start: ${text || (await ended)}`)
  let asked = false
  const life: Life = {
    pid: report.ready.pid,
    startedAt,
    died: null,
    async loopDelay() {
      rmSync(delayFile, { force: true })
      process.kill(life.pid, 'SIGUSR2')
      while (!existsSync(delayFile) && life.died === null) await wait(5)
      return JSON.parse(readFileSync(delayFile, 'utf8'))
    },
    async end(signal) {
      asked = true
      child.kill(signal)
      const how = await ended
      if (how !== (signal === 'SIGTERM' ? '0' : 'SIGKILL'))
        throw new Error(`${signal} ended the daemon with ${how}`)
    },
  }
  void ended.then((how) => {
    if (!asked) life.died = how
  })
  return life
}
