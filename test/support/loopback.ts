/** A real HTTP server on this machine, and a clock for those who wait for it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type NetTimers, netTimers } from '../../daemon/kernel/net/net-timers.ts'

export type Heard = { method: string; path: string; headers: IncomingMessage['headers'] }

export type Loopback = {
  /** `http://127.0.0.1:<port>` */
  origin: string
  /** What was asked, in order. */
  heard: Heard[]
  /** Connections opened so far. */
  connections: number
}

/** Serves until the test is over. */
export async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Loopback> {
  const loopback: Loopback = { origin: '', heard: [], connections: 0 }
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request
    loopback.heard.push({ method, path, headers })
    handle(request, response)
  })
  server.on('connection', () => loopback.connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  loopback.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return loopback
}

/** A clock that moves only when somebody pauses, or when the test says that the time of every timer has come. */
export function stillClock(start = Date.UTC(2026, 0, 5, 9)) {
  const clock = {
    time: start,
    /** What was waited for, ms. */
    pauses: [] as number[],
    now: () => clock.time,
    monotonic: () => clock.time - start,
    /** The time of all timers, or of those of this length, has come. */
    ring(ms?: number): void {
      for (const timer of [...waiting]) if (ms === undefined || timer.ms === ms) timer.run()
    },
    timers: {
      async pause(ms, signal) {
        signal.throwIfAborted()
        clock.pauses.push(ms)
        clock.time += ms
      },
      after(ms, run) {
        const timer = { ms, run }
        waiting.add(timer)
        return () => void waiting.delete(timer)
      },
    } satisfies NetTimers,
  }
  const waiting = new Set<{ ms: number; run(): void }>()
  return clock
}

/** Options of a client that asks at once and never waits in earnest. */
export const quickNet = (clock = stillClock()) => ({
  offline: false,
  timeoutMs: 30_000,
  timers: { ...netTimers, pause: clock.timers.pause },
  random: () => 0.5,
  monotonic: clock.monotonic,
})
