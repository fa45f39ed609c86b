/** What a serving daemon does once a minute: is it needed, can it be reached, are its files still there. */
import type { DaemonContext } from './context.ts'
import { reviewQueries } from './domains/cache/index.ts'
import type { Gate } from './kernel/rpc/gate.ts'
import type { SocketServer } from './kernel/rpc/socket-server.ts'
import { greet } from './kernel/service/greet.ts'
import { isForgotten } from './kernel/service/idle.ts'
import type { InstanceLock } from './kernel/service/instance-lock.ts'
import type { Registration } from './kernel/service/registration.ts'
import { checkSelf } from './kernel/service/self-check.ts'
import type { Shutdown } from './kernel/service/shutdown.ts'
import { forgetStartFailures } from './kernel/service/start-failures.ts'

const MINUTE_MS = 60_000

export type House = {
  ctx: DaemonContext
  own: Registration
  gate: Gate
  server: SocketServer
  lock: InstanceLock
  shutdown: Pick<Shutdown, 'request'>
}

/** Begins the rounds. They keep no process alive. */
export function keepHouse(house: House): void {
  const { log } = house.ctx
  let running = false
  /** When somebody was last seen, Unix ms. */
  const seen = { at: house.gate.lastUsedAt }
  const round = async (): Promise<void> => {
    if (running) return
    running = true
    try {
      await goRound(house, seen)
    } catch (error) {
      log.error('the self-check failed', { error: String((error as Error)?.stack ?? error) })
    } finally {
      running = false
    }
  }
  setInterval(() => void round(), MINUTE_MS).unref()
}

async function goRound(
  { ctx, own, gate, server, lock, shutdown }: House,
  seen: { at: number },
): Promise<void> {
  if (own.state !== 'serving') return
  const { paths, settings, refresher, jobs } = ctx
  // It has lived for a minute: what kept others from starting is over.
  forgetStartFailures(paths.startFailuresFile)
  // Before the daemon looks at itself, since that is a connection, too.
  const connections = server.connections + ctx.web.connections
  const busy = gate.busy + refresher.pending + jobs.running + Number(ctx.upstream.isRunning)
  // What the daemon does by itself is no use of it.
  seen.at = connections + gate.busy > 0 ? ctx.now() : Math.max(seen.at, gate.lastUsedAt)
  // A service manager, or whoever sits at the terminal, started it to have it run.
  const minutes = own.startedBy === 'cli' ? settings.current.daemon.idle_exit_minutes : 0
  if (isForgotten({ connections, busy, lastUsedAt: seen.at, nextJobAt: jobs.nextAt }, minutes, ctx.now()))
    return shutdown.request(`not used for ${minutes} min`)
  reviewQueries(ctx)
  ctx.packageChanged()
  const { registrationFile } = paths
  const outcome = await checkSelf({ own, registrationFile, server, lock, greet, log: ctx.log })
  if (outcome === 'usurped') shutdown.request('another daemon serves')
}
