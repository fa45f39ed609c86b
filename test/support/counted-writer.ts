/** A writer process that leaves its pid beside the cache. */
import { appendFileSync } from 'node:fs'

appendFileSync(`${process.argv[2]}.pids`, `${process.pid}\n`)
await import('../../daemon/writer-process.ts')
