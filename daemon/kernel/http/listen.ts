/** Finds a port that can be had on both loopback addresses. */
import type { AddressInfo, Server } from 'node:net'

/** A port the page has had before, and what was asked for then. */
export type KnownPort = { wanted: number; port: number }

/** How many ports after the wanted one are tried before any will do. */
const NEXT_PORTS = 20
/** How often a port that is free on one address turns out to be taken on the other before it is given up. */
const ANY_ATTEMPTS = 10

export type Listening = { port: number /** `127.0.0.1`, `[::1]`, or both. */; hosts: readonly string[] }

/**
 * Listens on both loopback addresses, on one of them where the machine has no other, with a server of its own for each.
 * The port is the one it was last time if the same is wanted, else the wanted one, one of the next, or any.
 * Errors: those of the system when there is no port at all.
 */
export async function listenOnLoopback(
  createServer: () => Server,
  wanted: number,
  known: KnownPort | null,
): Promise<Listening> {
  const next = wanted === 0 ? [] : Array.from({ length: NEXT_PORTS + 1 }, (_, i) => wanted + i)
  const before = known?.wanted === wanted ? [known.port] : []
  const any = Array.from({ length: ANY_ATTEMPTS }, () => 0)
  let failure: unknown
  for (const port of [...new Set([...before, ...next.filter((p) => p <= 65_535)]), ...any]) {
    try {
      return await listenOnBoth(createServer, port)
    } catch (error) {
      // Taken, or one that only the superuser may have.
      if (!['EADDRINUSE', 'EACCES'].includes(codeOf(error))) throw error
      failure = error
    }
  }
  throw failure
}

async function listenOnBoth(createServer: () => Server, wanted: number): Promise<Listening> {
  const opened: Server[] = []
  const hosts: string[] = []
  let port = wanted
  let absent: unknown
  for (const [host, shown] of [
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '[::1]'],
  ] as const) {
    const server = createServer()
    try {
      port = await listen(server, host, port)
      opened.push(server)
      hosts.push(shown)
    } catch (error) {
      if (!['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error))) {
        await Promise.all(opened.map((other) => new Promise((resolve) => other.close(resolve))))
        throw error
      }
      absent = error
    }
  }
  if (hosts.length === 0) throw absent
  return { port, hosts }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? ''
