/**
 * The daemon process. Started by the command line, detached, with descriptor 3 as the pipe on which it reports once:
 * `{"ready":…}` when it answers, `{"error":…}` when it cannot. A closed pipe without a line means it died.
 */
import { closeSync, writeSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { SmdError } from '../protocol/errors.ts'
import { PROTOCOL_VERSION, VERSION } from '../protocol/version.ts'
import { composeDaemon } from './compose.ts'
import type { DaemonContext } from './context.ts'
import { recoverLeftovers } from './domains/collections/index.ts'
import { packageFiles } from './entries.ts'
import { keepHouse } from './keep-house.ts'
import { machineFolders } from './kernel/config/machine-folders.ts'
import { type Paths, resolvePaths } from './kernel/config/paths.ts'
import { closeFolder, ensurePrivateFolder } from './kernel/fs/private-folder.ts'
import { openDaemonLog } from './kernel/log/daemon-log.ts'
import { createGate } from './kernel/rpc/gate.ts'
import { takeInheritedSocket } from './kernel/rpc/inherited-socket.ts'
import { checkSocketPath } from './kernel/rpc/socket-path.ts'
import { listenOnSocket } from './kernel/rpc/socket-server.ts'
import { acquireInstanceLock } from './kernel/service/instance-lock.ts'
import { watchPackage } from './kernel/service/package-files.ts'
import {
  fateOf,
  type Registration,
  readRegistration,
  removeRegistration,
  thisPlace,
  writeRegistration,
} from './kernel/service/registration.ts'
import { createShutdown, type Shutdown, type ShutdownSteps } from './kernel/service/shutdown.ts'
import { recordStartFailure } from './kernel/service/start-failures.ts'
import { startedBy } from './kernel/service/started-by.ts'
import { newUniqueId } from './kernel/unique-id.ts'
import { servePage } from './serve-page.ts'

/** The first scan waits until the caller that started the daemon has had its answer. */
const FIRST_SCAN_DELAY_MS = 50
/** How long a refresh may go on when the daemon ends; then it begins no further project, and what it has is kept. */
const REFRESH_GRACE_MS = 8_000
/** Exit status after a bug, as of sysexits(3). */
const EXIT_SOFTWARE = 70

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

function alreadyRunning({ registrationFile }: Paths): SmdError {
  const other = readRegistration(registrationFile)
  const known = other && fateOf(other) === 'alive'
  return new SmdError('daemon.already_running', { who: known ? ` (pid ${other.pid})` : '' })
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
  if (!lock) throw alreadyRunning(paths)
  const { log, warnOfTrouble } = openDaemonLog(paths.logFile, now)
  process.on('uncaughtException', (error) => {
    log.error('uncaught', { error: String(error.stack) })
    try {
      recordStartFailure(paths.startFailuresFile, { at: now(), message: String(error.message ?? error) })
    } finally {
      process.exit(EXIT_SOFTWARE)
    }
  })
  const identity = { pid: process.pid, instance: newUniqueId(), version: VERSION, startedAt: now() }
  const own: Registration = {
    protocol: PROTOCOL_VERSION,
    version: VERSION,
    pid: identity.pid,
    instance: identity.instance,
    socket: paths.socket,
    startedAt: identity.startedAt,
    state: 'starting',
    startedBy: startedBy(process.argv, process.env, process.platform),
    ...thisPlace(),
  }
  const register = (state: Registration['state']): void => {
    own.state = state
    writeRegistration(paths.registrationFile, own)
  }
  register('starting')

  const removeTraces = (): void => removeRegistration(paths.registrationFile, own.instance)
  /** What there is to end, as far as the start has come. */
  const steps: ShutdownSteps = {
    refuse: () => undefined,
    finish: async () => undefined,
    endThreads: async () => undefined,
    endConnections: async () => undefined,
    closeStorage: () => undefined,
    removeTraces,
    releaseLock: lock.release,
  }
  const shutdown: Shutdown = createShutdown(steps, { log, exit: process.exit })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, shutdown.signal)

  try {
    const composed = await composeDaemon({
      paths,
      folders: machineFolders(process.env, process.platform, homedir()),
      env: process.env,
      log,
      now,
      identity,
      package: watchPackage(packageFiles),
      stop: () => shutdown.request('asked'),
    })
    const { ctx, check } = composed
    const gate = createGate(composed.dispatcher, now)
    warnOfTrouble(ctx.health)
    log.setLevel(ctx.settings.current.log.level)
    const connections = countConnections(ctx)
    const server = await listenOnSocket(paths.socket, gate, {
      logFile: paths.logFile,
      inheritedFd,
      onConnections: connections.socket,
    })
    const page = servePage(ctx, gate, connections.pages)
    Object.assign(steps, {
      refuse() {
        register('stopping')
        server.stopAccepting()
        gate.close()
        composed.refuseToGoOn()
        ctx.jobs.stop()
      },
      finish() {
        setTimeout(() => ctx.refresher.stop(), REFRESH_GRACE_MS).unref()
        return Promise.all([
          gate.emptied(),
          ctx.refresher.settled(),
          ctx.jobs.settled(),
          ctx.analytics.flush(),
        ])
      },
      async endThreads() {
        await ctx.jobs.abort()
        await composed.endThreads()
      },
      endConnections: () => Promise.all([server.endConnections(), page.end()]),
      closeStorage: composed.closeStorage,
      removeTraces() {
        removeTraces()
        server.removeSocket()
      },
    } satisfies Partial<ShutdownSteps>)
    register('serving')
    keepHouse({ ctx, own, gate, server, lock, shutdown })
    const { instance, pid } = identity
    const { startedBy: starter } = own
    log.info('serving', {
      pid,
      instance,
      version: VERSION,
      startedBy: starter,
      socket: paths.socket,
      cache: ctx.storage,
    })
    report({ ready: { pid, instance, socket: paths.socket } })
    setTimeout(() => {
      check()
        .then(() => recoverLeftovers(ctx))
        .then(() => ctx.refresher.refresh({ only: null, force: ctx.refresher.filled }))
        .catch((error) => log.error('first refresh failed', { error: String((error as Error).stack) }))
      void ctx.jobs.start()
    }, FIRST_SCAN_DELAY_MS)
  } catch (error) {
    removeTraces()
    throw error
  }
}

/** Clients of both kinds, for the figures. */
function countConnections({ metrics }: DaemonContext): Record<'socket' | 'pages', (open: number) => void> {
  const open = { socket: 0, pages: 0 }
  const count = (kind: keyof typeof open) => (now: number) => {
    open[kind] = now
    metrics.connections = open.socket + open.pages
  }
  return { socket: count('socket'), pages: count('pages') }
}

run().catch((error: unknown) => {
  const failure =
    error instanceof SmdError ? error.toWire() : { message: String((error as Error).stack ?? error) }
  report({ error: failure })
  if (reportFd === null) process.stderr.write(`${failure.message}\n`)
  process.exit(error instanceof SmdError ? error.spec.exit : 1)
})
