/**
 * The daemon process. Started by the command line, detached, with descriptor 3 as the pipe on which it reports once:
 * `{"ready":…}` when it answers, `{"error":…}` when it cannot. A closed pipe without a line means it died.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { SmdError } from '../protocol/errors.ts'
import { PROTOCOL_VERSION, VERSION } from '../protocol/version.ts'
import { type ComposedDaemon, composeDaemon } from './compose.ts'
import { machineFolders } from './kernel/config/machine-folders.ts'
import { resolvePaths } from './kernel/config/paths.ts'
import { closeFolder, ensurePrivateFolder } from './kernel/fs/private-folder.ts'
import { createLogger } from './kernel/log/logger.ts'
import { takeInheritedSocket } from './kernel/rpc/inherited-socket.ts'
import { checkSocketPath } from './kernel/rpc/socket-path.ts'
import { listenOnSocket, type SocketServer } from './kernel/rpc/socket-server.ts'
import { acquireInstanceLock } from './kernel/service/instance-lock.ts'
import { readRegistration, removeRegistration, writeRegistration } from './kernel/service/registration.ts'
import { startedBy } from './kernel/service/started-by.ts'

/** How long a graceful end may take before the process goes anyway. */
const STOP_DEADLINE_MS = 15_000
/** The first scan waits until the caller that started the daemon has had its answer. */
const FIRST_SCAN_DELAY_MS = 50

// Collect garbage before the heaps of the threads have grown by more than a third: memory counts more than a few
// milliseconds of a scan. Set here, because it has to be before the first thread starts.
setFlagsFromString('--heap-growing-percent=30')

const reportFd = process.argv.includes('--report') ? 3 : null
const now = (): number => Date.now()

function report(message: unknown): void {
  if (reportFd === null) return
  try {
    writeSync(reportFd, `${JSON.stringify(message)}\n`)
    closeSync(reportFd)
  } catch (error) {
    // Whoever started the daemon is gone already; that is no reason not to serve others.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  }
}

async function run(): Promise<void> {
  process.umask(0o077)
  const inheritedFd = takeInheritedSocket(process.env, process.pid)
  const uid = process.getuid?.() ?? null
  const paths = resolvePaths(process.env, process.platform, homedir(), uid, process.cwd)
  checkSocketPath(paths.socket, process.platform)
  for (const folder of [paths.stateDir, paths.runtimeDir]) ensurePrivateFolder(folder, uid)
  for (const folder of [paths.dataDir, dirname(paths.configFile)]) closeFolder(folder, uid)
  const lock = acquireInstanceLock(paths.lockFile)
  if (!lock) {
    const other = readRegistration(paths.registrationFile)
    throw new SmdError('daemon.already_running', { who: other ? ` (pid ${other.pid})` : '' })
  }
  const log = createLogger(openSync(paths.logFile, 'a', 0o600), 'info', now)
  process.on('uncaughtException', (error) => {
    log.error('uncaught', { error: String(error.stack) })
    process.exit(70)
  })

  let server: SocketServer | null = null
  let composed: ComposedDaemon | null = null
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    log.info('stopping')
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref()
    // After this turn, so that the answer to daemon.stop is on its way before its connection ends.
    setImmediate(async () => {
      await server?.close()
      await composed?.close()
      if (composed) removeRegistration(paths.registrationFile, composed.ctx.identity.instance)
      lock.release()
      log.info('stopped')
      process.exit(0)
    })
  }

  composed = await composeDaemon({
    paths,
    folders: machineFolders(process.env, process.platform, homedir()),
    env: process.env,
    log,
    now,
    stop,
  })
  const { ctx, dispatcher, check } = composed
  log.setLevel(ctx.settings.current.log.level)
  server = await listenOnSocket(paths.socket, dispatcher, { logFile: paths.logFile, inheritedFd })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  const { instance, pid, startedAt } = ctx.identity
  writeRegistration(paths.registrationFile, {
    protocol: PROTOCOL_VERSION,
    version: VERSION,
    pid,
    instance,
    socket: paths.socket,
    startedAt,
  })
  log.info('serving', {
    pid,
    instance,
    version: VERSION,
    socket: paths.socket,
    cache: ctx.storage,
    startedBy: startedBy(process.argv),
  })
  report({ ready: { pid, instance, socket: paths.socket } })
  setTimeout(() => {
    check()
      .then(() => ctx.refresher.refresh({ only: null, force: ctx.refresher.filled }))
      .catch((error) => log.error('first refresh failed', { error: String((error as Error).stack) }))
  }, FIRST_SCAN_DELAY_MS)
}

run().catch((error: unknown) => {
  const failure =
    error instanceof SmdError ? error.toWire() : { message: String((error as Error).stack ?? error) }
  report({ error: failure })
  if (reportFd === null) process.stderr.write(`${failure.message}\n`)
  process.exit(error instanceof SmdError ? error.spec.exit : 1)
})
