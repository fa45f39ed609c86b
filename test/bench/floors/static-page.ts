/**
 * The least a page can be: one paragraph, or so many of them, from a plain HTTP server on the loopback interface.
 * `/` is the one, `/long` the others. Prints its port. Ends with its standard input.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const page = (body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Floor</title></head><body>${body}</body></html>`
const short = page('<p>A page.</p>')
const long = page('<p>A page.</p>'.repeat(2_000))

const server = createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html; charset=utf-8')
  response.setHeader('Cache-Control', 'no-store')
  response.statusCode = request.url === '/favicon.ico' ? 404 : 200
  response.end(request.url === '/long' ? long : short)
}).listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))

process.stdin.resume().on('end', () => process.exit(0))
