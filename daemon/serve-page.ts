import type { DaemonContext } from './context.ts'
import type { HttpService } from './http.ts'
import type { Dispatcher } from './kernel/rpc/dispatch.ts'
import { systemTimers, type Timers } from './kernel/timers.ts'

/** The caller that started the daemon has its answer first, and the first scan comes after. */
const DELAY_MS = 20

/**
 * Loads what speaks HTTP and serves the page, a moment after the start; later nothing of it is read from the disk any
 * more (daemon spec L9). That it cannot be is a warning, not a failure: everything else works without it.
 */
export function servePage(
  ctx: DaemonContext,
  dispatcher: Dispatcher,
  onConnections: (open: number) => void,
  timers: Timers = systemTimers,
): HttpService {
  const { web, settings, health, log } = ctx
  if (!settings.current.web.enabled) {
    web.notServed('web.enabled is off')
    return { end: async () => undefined }
  }
  web.expect()
  let isOver = false
  const fail = (reason: string): null => {
    health.warn('web.not_served', { reason })
    web.notServed(reason)
    return null
  }
  const serve = async (): Promise<HttpService | null> => {
    if (isOver) return fail('the daemon ends')
    if (ctx.packageChanged()) return fail('the files of smd were replaced')
    try {
      const { serveHttp } = await import('./http.ts')
      return await serveHttp(ctx, dispatcher, onConnections)
    } catch (error) {
      log.error('page not served', { error: String((error as Error)?.stack ?? error) })
      return fail(String((error as NodeJS.ErrnoException).code ?? (error as Error).message))
    }
  }
  let serving: Promise<HttpService | null> = Promise.resolve(null)
  const cancel = timers.after(DELAY_MS, () => {
    serving = serve()
  })
  return {
    async end() {
      isOver = true
      cancel()
      await (await serving)?.end()
    },
  }
}
