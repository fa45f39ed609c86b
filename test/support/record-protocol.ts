/**
 * Records what the command line and the daemon say to each other, as a fixture for `test/journeys/protocol-skew.test.ts`:
 *
 *     node test/support/record-protocol.ts test/fixtures/protocol-1.0
 *
 * Run with the smd of the release that is to be recorded. A proxy stands between a client and a daemon, each with a home
 * of its own; what differs from machine to machine (folders, process, random ids) is replaced by `<root>` and `<uid>`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'
import { createSandbox } from './daemon.ts'
import { RawClient } from './raw-client.ts'

/** Command lines that together call every method the command line knows. */
const sessions: Record<string, readonly string[]> = {
  list: ['list', 'list --type skill --limit 2', 'list --outdated'],
  search: ['search review', 'search reviw --json'],
  show: ['show code-review --project webshop', 'where code-review', 'show nothing-of-that-name'],
  projects: ['projects list', 'projects show webshop', 'projects scan webshop', 'projects remove notes'],
  'projects-add': ['projects add <root>/home/projects/notes', 'projects add <root>/missing'],
  cache: ['cache status', 'cache refresh --force', 'cache config get ttl_minutes', 'cache clear --yes'],
  config: [
    'config list',
    'config get cache.ttl_minutes',
    'config set cache.ttl_minutes 30',
    'config unset cache.ttl_minutes',
  ],
  daemon: ['status', 'start', '__complete --word= -- show'],
}

/** What no command sends: methods for other clients, a batch, and what the daemon has to refuse. */
const others = (root: string): unknown[] => {
  const call = (id: number, method: string, params: object = {}): object => ({
    jsonrpc: '2.0',
    id,
    method,
    params,
  })
  return [
    call(1, 'daemon.hello', { protocol: { min: 1, max: 1 }, client: 'other/1' }),
    call(2, 'artifacts.table', { limit: 2 }),
    call(3, 'artifacts.get', { id: 'art_0000000000000000' }),
    call(4, 'artifacts.validate', { path: `${root}/home/projects/webshop` }),
    call(5, 'marketplace.list'),
    call(6, 'cache.invalidate', { project: 'webshop' }),
    call(7, 'projects.show', { project: 'nowhere' }),
    call(8, 'no.such'),
    call(9, 'artifacts.list', { limit: 0 }),
    [call(10, 'artifacts.complete', { prefix: 'co' }), call(11, 'cache.status')],
  ]
}

export type Exchange = { sent: unknown[]; received: unknown[] }

const folder = process.argv[2]
if (folder === undefined) throw new Error('say where to: node test/support/record-protocol.ts FOLDER')
mkdirSync(folder, { recursive: true })
const served = createSandbox()
const asking = createSandbox({ sample: false })
try {
  await served.smd('start')
  mkdirSync(asking.paths.runtimeDir, { recursive: true, mode: 0o700 })
  let exchanges: Exchange[] = []
  const proxy = createServer((client) => {
    const exchange: Exchange = { sent: [], received: [] }
    exchanges.push(exchange)
    const daemon = createConnection(served.paths.socket)
    copyLines(client, daemon, exchange.sent)
    copyLines(daemon, client, exchange.received)
  })
  await new Promise<void>((resolve) => proxy.listen(asking.paths.socket, resolve))
  for (const [name, lines] of Object.entries(sessions)) {
    exchanges = []
    for (const line of lines) {
      const words = line.split(' ').map((word) => word.replace('<root>', served.root))
      await asking.smd(words, { env: { HOME: served.home }, cwd: served.home })
    }
    write(name, exchanges)
  }
  exchanges = []
  const other = new RawClient(asking.paths.socket)
  const messages = others(served.root)
  for (const [i, message] of messages.entries()) {
    other.send(message)
    await other.until(i + 1)
  }
  other.socket.destroy()
  write('others', exchanges)
  exchanges = []
  await asking.smd('stop')
  write('stop', exchanges)
  proxy.close()
} finally {
  await served.dispose()
  await asking.dispose()
}

function write(name: string, exchanges: readonly Exchange[]): void {
  const text = JSON.stringify(exchanges, null, 1)
    .replaceAll(served.root, '<root>')
    .replaceAll(asking.root, '<root>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
  writeFileSync(join(folder as string, `${name}.json`), `${text}\n`)
}

/** Passes bytes on as they are and keeps the messages. */
function copyLines(from: NodeJS.ReadableStream, to: NodeJS.WritableStream, into: unknown[]): void {
  let text = ''
  from.on('data', (chunk: Buffer) => {
    to.write(chunk)
    text += chunk.toString('utf8')
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) into.push(JSON.parse(line))
  })
  from.on('end', () => to.end())
  from.on('error', () => to.end())
}
