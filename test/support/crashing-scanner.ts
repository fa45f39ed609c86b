/** A scanner thread that dies of a unit whose path says so, and never gets to read it. */
import { type MessagePort, parentPort } from 'node:worker_threads'
import type { ScannerRequest } from '../../daemon/domains/cache/messages.ts'

const port = parentPort as MessagePort
const listen = port.on.bind(port)
port.on = ((event: 'message', handle: (request: ScannerRequest) => void) =>
  listen(event, (request: ScannerRequest) => {
    const path = request.kind === 'scan' ? request.ref.unit.path : ''
    if (path.includes('exits')) process.exit(7)
    if (path.includes('throws')) throw new Error('the thread stumbled')
    handle(request)
  })) as MessagePort['on']
await import('../../daemon/scanner-thread.ts')
