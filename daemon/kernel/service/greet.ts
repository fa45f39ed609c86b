import { createConnection } from 'node:net'
import { LineSplitter } from '../../../protocol/framing.ts'
import { PROTOCOL_MIN, PROTOCOL_VERSION } from '../../../protocol/version.ts'
import { SELF } from '../rpc/gate.ts'
import type { Answer } from './self-check.ts'

/** How long whoever listens may take for the greeting, in ms. */
const PATIENCE_MS = 2_000

/** Greets whoever listens on `socket`. Never rejects: a failure says why nobody answered, by its system code if any. */
export function greet(socket: string, patience = PATIENCE_MS): Promise<Answer> {
  return new Promise((resolve) => {
    const connection = createConnection(socket)
    const done = (answer: Answer): void => {
      clearTimeout(timer)
      connection.destroy()
      resolve(answer)
    }
    const timer = setTimeout(done, patience, { nobody: 'silence' })
    const lines = new LineSplitter(1_000_000)
    connection.on('data', (chunk: Buffer) => {
      try {
        for (const line of lines.push(chunk)) return done(instanceIn(line))
      } catch {
        done({ nobody: 'garbage' })
      }
    })
    connection.on('error', (error: NodeJS.ErrnoException) => done({ nobody: error.code ?? error.message }))
    connection.on('end', () => done({ nobody: 'end' }))
    const params = { protocol: { min: PROTOCOL_MIN, max: PROTOCOL_VERSION }, client: SELF }
    connection.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'daemon.hello', params })}\n`)
  })
}

function instanceIn(line: string): Answer {
  const { instance } = JSON.parse(line)?.result ?? {}
  return typeof instance === 'string' ? { instance } : { nobody: 'garbage' }
}
