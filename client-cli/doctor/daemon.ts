/** Whether the daemon can be reached, is the one it should be, and how it says it is. Never starts one. */
import { lstatSync, type Stats } from 'node:fs'
import { checkSocketPath } from '../../daemon/kernel/rpc/socket-path.ts'
import { fateOf, readRegistration } from '../../daemon/kernel/service/registration.ts'
import type { Call } from '../../protocol/client.ts'
import { SmdError } from '../../protocol/errors.ts'
import { isFault } from '../../protocol/health.ts'
import type { ResultOf } from '../../protocol/methods.ts'
import { VERSION } from '../../protocol/version.ts'
import type { Connection } from '../connect.ts'
import { connectToRunning } from '../session.ts'
import { type Finding, fault, type Machine, note, ok } from './finding.ts'

const RESTART = 'smd restart'

/** What the daemon adds to the findings of others; nulls where none answers. */
export type DaemonReport = {
  findings: Finding[]
  /** What it knows of the file of its cache, which then need not be read once more. */
  cache: { path: string; problem: string | null } | null
  /** Unix ms. */
  lastRefreshAt: number | null
}

export async function examineDaemon(machine: Machine): Promise<DaemonReport> {
  const socket = checkSocketFile(machine)
  if (socket !== null) return silent(socket)
  let connection: Connection
  try {
    connection = await connectToRunning(machine.paths)
  } catch (error) {
    return silent(explainUnreachable(machine, error))
  }
  try {
    return await examine(machine, connection)
  } catch (error) {
    return silent(explainSilence(machine, error))
  } finally {
    connection.close()
  }
}

const silent = (finding: Finding): DaemonReport => ({ findings: [finding], cache: null, lastRefreshAt: null })

/** What keeps the socket from being one to talk to, or null. */
function checkSocketFile({ paths, platform, uid }: Machine): Finding | null {
  try {
    checkSocketPath(paths.socket, platform)
  } catch (error) {
    if (error instanceof SmdError) return fault('socket', error.message, error.hint)
    throw error
  }
  const file = socketFile(paths.socket)
  if (!file || platform === 'win32') return null
  if (!file.isSocket()) {
    const fix = `Move it away: mv ${paths.socket} ${paths.socket}.old`
    return fault('socket', `${paths.socket} is not a socket.`, fix)
  }
  if (uid !== null && file.uid !== uid) {
    const text = `${paths.socket} belongs to user ${file.uid}, not to you (${uid}).`
    return fault('socket', text, `sudo rm ${paths.socket}`)
  }
  if (file.mode & 0o077)
    return fault('socket', `Others may use ${paths.socket}.`, `chmod 600 ${paths.socket}`)
  return null
}

/** Undefined when there is none, or when its folder may not be entered: then connecting says so. */
function socketFile(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM' || code === 'ENOTDIR') return undefined
    throw error
  }
}

async function examine({ paths }: Machine, { call }: Connection): Promise<DaemonReport> {
  const [{ pid, version, health, socket, cache }, verdict] = await Promise.all([
    call('daemon.status', {}),
    cacheVerdict(call),
  ])
  const findings = [ok('socket', `The daemon (pid ${pid}) answers on ${socket}`)]
  if (version === VERSION) findings.push(ok('version', `Daemon and command line are both ${VERSION}`))
  else {
    const text = `The daemon is smd ${version}, this command line is ${VERSION}.`
    findings.push(fault('version', text, RESTART))
  }
  if (socket !== paths.socket)
    findings.push(
      note(
        'socket',
        `It was started with other folders and listens on ${socket}, not on ${paths.socket}.`,
        RESTART,
      ),
    )
  for (const { code, severity, text, fix } of health.warnings) {
    findings.push(isFault(severity) ? fault(code, text, fix) : note(code, text, fix))
  }
  return {
    findings,
    cache: verdict && { path: cache.path, problem: verdict.problem },
    lastRefreshAt: cache.lastRefreshAt,
  }
}

/** Null when the daemon cannot say: it is of another version, or its files were replaced. */
async function cacheVerdict(call: Call): Promise<ResultOf<'cache.check'> | null> {
  try {
    return await call('cache.check', {})
  } catch (error) {
    if (error instanceof SmdError && ['rpc.unknown_method', 'daemon.restart_needed'].includes(error.slug))
      return null
    throw error
  }
}

function explainUnreachable({ paths }: Machine, error: unknown): Finding {
  if (!(error instanceof SmdError)) throw error
  if (error.slug === 'daemon.not_allowed') return sandbox(paths.socket, String(error.details.code))
  if (error.slug !== 'daemon.unavailable') return fault('socket', error.message, error.hint)
  const registered = readRegistration(paths.registrationFile)
  if (registered && fateOf(registered) === 'alive') {
    if (registered.state === 'starting' || registered.state === 'stopping') {
      const text = `The daemon (pid ${registered.pid}) is ${registered.state}.`
      return note('socket', text, 'Ask again in a moment; if it stays so: smd restart --force')
    }
    const text = `A daemon is registered (pid ${registered.pid}), but nobody listens on ${registered.socket}.`
    return fault('socket', text, 'smd restart --force')
  }
  const left =
    socketFile(paths.socket) || registered
      ? ' What a former one left behind is cleared at the next start.'
      : ''
  return note('socket', `The daemon is not running.${left}`, 'Other commands start it; or: smd start')
}

/** The connection was accepted, and then came nothing, or nothing of smd. */
function explainSilence({ paths }: Machine, error: unknown): Finding {
  if (!(error instanceof SmdError)) throw error
  switch (error.slug) {
    case 'daemon.timeout':
      return fault('socket', error.message, 'smd restart --force')
    case 'daemon.unavailable': {
      const text = `What listens on ${paths.socket} does not talk as smd does: ${error.details.reason}.`
      return fault('socket', text, `Find it with: lsof ${paths.socket}; end it, then: smd start`)
    }
    case 'protocol.version':
      return fault('version', error.message, RESTART)
    default:
      return fault('socket', error.message, error.hint)
  }
}

/** Agents' sandboxes forbid Unix sockets unless they are listed (daemon spec L14). */
function sandbox(socket: string, code: string): Finding {
  const entry = JSON.stringify({ sandbox: { network: { allowUnixSockets: [socket] } } })
  return fault(
    'sandbox',
    `This process may not use the socket ${socket} (${code}).`,
    `Inside Claude Code's sandbox, allow it in settings.json: ${entry}; elsewhere check who owns the socket`,
  )
}
