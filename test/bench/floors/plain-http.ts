/** The least an answer over HTTP can cost: `/1000` is so many bytes from a plain server. Prints its port. Ends with its standard input. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const bodies = new Map<number, string>()

const server = createServer((request, response) => {
  const bytes = Number(request.url?.slice(1))
  const body = bodies.get(bytes) ?? 'x'.repeat(bytes)
  bodies.set(bytes, body)
  response.setHeader('content-type', 'application/json')
  response.setHeader('content-length', bytes)
  response.end(body)
}).listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))

process.stdin.resume().on('end', () => process.exit(0))
