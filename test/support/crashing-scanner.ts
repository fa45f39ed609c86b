/** A scanner thread that dies of a unit whose path says so. */
import { parentPort } from 'node:worker_threads'
import type { ScannerRequest } from '../../daemon/domains/cache/threads.ts'

parentPort?.on('message', (request: ScannerRequest) => {
  if (request.kind !== 'scan') return
  // Before the real scanner hears of the unit, so that the scan cannot be over first.
  if (request.ref.unit.path.includes('throws')) throw new Error('the thread stumbled')
  if (request.ref.unit.path.includes('exits')) process.exit(7)
})
await import('../../daemon/scanner-thread.ts')
