/** A real HTTP server on this machine, for whoever closes it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Heard = { method: string; path: string; headers: IncomingMessage['headers'] }

export type Loopback = {
  /** `http://127.0.0.1:<port>` */
  origin: string
  /** What was asked, in order. */
  heard: Heard[]
  /** Connections opened so far. */
  connections: number
}

export async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ loopback: Loopback; close(): Promise<void> }> {
  const loopback: Loopback = { origin: '', heard: [], connections: 0 }
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request
    loopback.heard.push({ method, path, headers })
    handle(request, response)
  })
  server.on('connection', () => loopback.connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  loopback.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    loopback,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
