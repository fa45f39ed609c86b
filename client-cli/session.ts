import { readFileSync } from 'node:fs'
import { type Paths, resolvePaths } from '../daemon/kernel/config/paths.ts'
import { type Call, type CallOptions, commandMethods, type Notification } from '../protocol/client.ts'
import { SmdError } from '../protocol/errors.ts'
import type { MethodName } from '../protocol/methods.ts'
import { type Connection, connect } from './connect.ts'
import { loadOffline } from './entries.ts'

export type SessionOptions = {
  env: NodeJS.ProcessEnv
  cwd: string
  /** Whether the daemon may be started when it is not running. */
  spawn: boolean
  /** Says something to the user, on stderr. */
  remark(text: string): void
}

/** What a command talks to: the daemon, started when needed, or, where none can be, the files themselves. */
export type Session = {
  call: Call
  /** Hands on what the daemon sends unasked, over whichever connection. Returns what ends that. */
  onNotification(listener: (notification: Notification) => void): () => void
  paths: Paths
  close(): void
}

/** Where smd keeps its files for this user. */
export function userPaths(env: NodeJS.ProcessEnv, cwd: string): Paths {
  // Asked of the system only where the environment does not say it: loading node:os takes part of a millisecond.
  const home = env.HOME ?? env.USERPROFILE ?? process.getBuiltinModule('node:os').homedir()
  return resolvePaths(env, process.platform, home, process.getuid?.() ?? null, () => cwd)
}

/** Nothing happens before the first call. */
export function createSession(options: SessionOptions): Session {
  const { env, cwd } = options
  const paths = userPaths(env, cwd)
  let direct: Connection | null = null
  let otherwise: Promise<Caller> | null = null
  const listeners = new Set<(notification: Notification) => void>()
  const heard = (notification: Notification): void => {
    for (const listener of listeners) listener(notification)
  }
  return {
    paths,
    onNotification(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    call: async (method, params, given) => {
      const keyed = withKey(method, given)
      for (let attempt = 1; !otherwise; attempt++) {
        direct ??= listening(connect(paths.socket, cwd), heard)
        const connection = direct
        try {
          return await connection.call(method, params, keyed)
        } catch (error) {
          // Nothing was sent, or nothing done, so the call may be made again elsewhere.
          if (error === connection.refusal() || isStopping(error))
            otherwise ??= reachOtherwise(paths, options, error as SmdError, heard)
          // It was, and nobody knows what came of it: the key makes asking again safe.
          else if (isUnavailable(error) && attempt === 1) direct = direct === connection ? null : direct
          else throw error
        }
      }
      return (await otherwise).call(method, params, keyed)
    },
    close: () => {
      direct?.close()
      otherwise?.then(
        (caller) => caller.close(),
        () => undefined,
      )
    },
  }
}

/** A connection to the running daemon, wherever it says it listens. Errors: those of `connect`. */
export async function connectToRunning(paths: Paths, cwd?: string): Promise<Connection> {
  const connection = connect(paths.socket, cwd)
  try {
    await connection.opened
    return connection
  } catch (error) {
    connection.close()
    return elsewhere(paths, cwd, error)
  }
}

/** A daemon started with another XDG_RUNTIME_DIR listens elsewhere; its registration says where. */
async function elsewhere(paths: Paths, cwd: string | undefined, error: unknown): Promise<Connection> {
  const registered = isUnavailable(error) ? registeredSocket(paths) : null
  if (registered === null || registered === paths.socket) throw error
  const connection = connect(registered, cwd)
  await connection.opened
  return connection
}

type Caller = Pick<Connection, 'call' | 'close'>

/** The usual socket refused: another place, a new daemon, or no daemon at all. */
async function reachOtherwise(
  paths: Paths,
  { env, cwd, spawn, remark }: SessionOptions,
  refusal: SmdError,
  heard: (notification: Notification) => void,
): Promise<Caller> {
  let reason = refusal
  try {
    return listening(await elsewhere(paths, cwd, refusal), heard)
  } catch (error) {
    if (!(error instanceof SmdError)) throw error
    reason = error
  }
  // In a sandbox a daemon must not be started: it would run inside of it.
  if (reason.slug === 'daemon.not_allowed' || !spawn) return offline(paths, { env, cwd, remark }, reason)
  const { startHold } = await import('./lifecycle/start-hold.ts')
  const hold = startHold(paths)
  if (hold) return offline(paths, { env, cwd, remark }, hold)
  const { startDaemon } = await import('./lifecycle/start.ts')
  await startDaemon(paths, env)
  return listening(await connectToRunning(paths, cwd), heard)
}

function listening(connection: Connection, heard: (notification: Notification) => void): Connection {
  connection.onNotification(heard)
  return connection
}

type Around = Pick<SessionOptions, 'env' | 'cwd' | 'remark'>

/** Queries answered from cache.db, read-only, or from the one project at hand; commands fail with the reason. */
async function offline(paths: Paths, { env, cwd, remark }: Around, reason: SmdError): Promise<Caller> {
  const { openOffline } = await loadOffline()
  return openOffline({ paths, env, cwd, remark, reason, source: 'cache' })
}

/** It was asked while it was ending: the next one will answer. */
function isStopping(error: unknown): boolean {
  return error instanceof SmdError && error.slug === 'daemon.stopping'
}

/** A command gets a key, by which a daemon knows it when it is sent again. */
function withKey(method: MethodName, options: CallOptions = {}): CallOptions {
  if (!commandMethods.has(method)) return options
  return { ...options, meta: { idempotencyKey: crypto.randomUUID(), ...options.meta } }
}

function isUnavailable(error: unknown): error is SmdError {
  return error instanceof SmdError && error.slug === 'daemon.unavailable'
}

function registeredSocket(paths: Paths): string | null {
  try {
    return JSON.parse(readFileSync(paths.registrationFile, 'utf8')).socket ?? null
  } catch {
    return null
  }
}
