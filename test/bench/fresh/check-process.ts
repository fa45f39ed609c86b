/**
 * A check of sources as the writer process does it, but with an address of GitHub that a daemon cannot be told.
 *
 * `node check-process.ts JOB` prints what came of it and the time it took, ms; starting Node and loading do not count.
 */

import { createProviders } from '../../../daemon/domains/upstream/providers/index.ts'
import { checkUpstream } from '../../../daemon/domains/upstream/writer/index.ts'
import { openForWriting } from '../../../daemon/kernel/db/open.ts'

export type CheckJob = { cacheDb: string; githubApi: string; tempDir: string; home: string; force: boolean }
export type CheckAnswer = { ms: number; asked: number; requests: number; outdated: number; failed: unknown[] }

const { cacheDb, force, ...where } = JSON.parse(process.argv[2] as string) as CheckJob
const db = openForWriting(cacheDb)
const net = { offline: false, timeoutMs: 30_000 }
const now = (): number => Date.now()
const start = performance.now()
const providers = createProviders({ net, now, env: process.env, ...where })
const request = { force, sourceIds: null, intervalMs: 3_600_000, now: now() }
const result = await checkUpstream(db, providers, request, new AbortController().signal, () => undefined)
const ms = performance.now() - start
db.close()
const { asked, requests, outdated, failed } = result
const answer: CheckAnswer = { ms, asked, requests, outdated, failed }
process.stdout.write(JSON.stringify(answer), () => process.exit(0))
