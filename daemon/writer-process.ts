/**
 * Entry of the writer process: the only place where cache.db is changed. It lives as long as the daemon has something
 * to read or write, and ends with the daemon, however that ends.
 * Arguments: the path of the cache, the URL of the scanners' entry, and the folder for what files of sources held.
 */
import { homedir, tmpdir } from 'node:os'
import type { AnyEvent } from '../protocol/events.ts'
import { keepEvents } from './domains/cache/change-events.ts'
import type { Comparison } from './domains/cache/diff/run-diff.ts'
import type { UnitDone } from './domains/cache/engine.ts'
import { listFiles } from './domains/cache/files/list-files.ts'
import { readFile } from './domains/cache/files/read-file.ts'
import { scanAndApply } from './domains/cache/inline-engine.ts'
import {
  type PeerReply,
  packError,
  type ScannerEvent,
  type WriterEvent,
  type WriterRequest,
} from './domains/cache/messages.ts'
import { selectCollectionArtifacts } from './domains/cache/metadata-repo.ts'
import { discover } from './domains/cache/scan/discovery.ts'
import type { ScanEnvironment } from './domains/cache/scan/types.ts'
import { validatePath } from './domains/cache/scan/validate.ts'
import { ScannerPool } from './domains/cache/scanner-pool.ts'
import { UnitWriter } from './domains/cache/unit-writer.ts'
import { runWrite } from './domains/cache/writes.ts'
import type { WorkTools } from './domains/collections/work/index.ts'
import type { UpstreamProviders } from './domains/upstream/index.ts'
import {
  type CheckRequest,
  type CheckResult,
  checkUpstream,
  KeptFiles,
  noProviders,
} from './domains/upstream/writer/index.ts'
import { copyDatabase } from './kernel/db/backup.ts'
import { type Database, isCorrupt } from './kernel/db/database.ts'
import { openForWriting } from './kernel/db/open.ts'

type Answered = Exclude<WriterRequest, { kind: 'close' | 'cancel' | 'endDiff' }> & { id: number }

const [dbFile = '', scannerEntry = '', keptDir = ''] = process.argv.slice(2)
/** A daemon that is gone needs no answer, and neither is there anything left to do for it. */
const send = (reply: PeerReply<WriterEvent>): void =>
  void process.send?.(reply, undefined, undefined, (error) => error && process.exit(0))
const say = (event: WriterEvent): void => send({ kind: 'event', event })
/** Opened with the first write, so that a failure is the answer to it. */
let db: Database | null = null
const theDb = (): Database => {
  db ??= openForWriting(dbFile)
  return db
}
let pool: ScannerPool | null = null

/** The daemon hears of each unit, and its scanner gets another one. */
function told(event: WriterEvent): void {
  say(event)
  if (event.kind === 'done') pool?.done(event.done.unitId)
}

const units = new UnitWriter(theDb, told)

function heard(event: ScannerEvent): void {
  if (event.kind === 'scanned') units.add(event.unit)
  else told(event)
}

type Asked<Kind> = Extract<WriterRequest, { kind: Kind }>

/** What is made out of an environment is kept by those who read, for as long as it is the same object. */
let last: { env: ScanEnvironment; collections: string; full: ScanEnvironment } | null = null

function withCollections(env: ScanEnvironment): ScanEnvironment {
  const found = selectCollectionArtifacts(theDb())
  const collections = JSON.stringify(found)
  if (last?.env !== env || last.collections !== collections)
    last = { env, collections, full: { ...env, ...found } }
  return last.full
}

async function scan({ refs, env, now, scanners }: Asked<'scan'>): Promise<void> {
  const count = Math.min(scanners, refs.length)
  const options = { entry: new URL(scannerEntry), dbFile, count, env: withCollections(env), now, heard }
  const current = new ScannerPool(refs, options)
  pool = current
  try {
    await current.finished
  } finally {
    pool = null
    void current.close()
  }
}

/** The environment of the last few units. */
let fewEnv: ScanEnvironment | null = null

function scanFew({ refs, env, now }: Asked<'scanFew'>): UnitDone[] {
  // Kept first: the daemon counts it as known from now on, whatever comes of this.
  if (env) fewEnv = env
  // What was read before is written before.
  units.flush()
  if (!fewEnv) throw new Error('there is no environment of a last time')
  const full = withCollections(fewEnv)
  return refs.map((ref) =>
    scanAndApply(theDb(), ref, full, now, (error) => {
      if (isCorrupt(error)) say({ kind: 'corrupt' })
    }),
  )
}

/** Copies under way; writes go on between their parts. */
let copying: Promise<unknown> = Promise.resolve()

function backup(to: string): Promise<void> {
  const copy = copying.then(() => copyDatabase(theDb(), to))
  copying = copy.catch(() => undefined)
  return copy
}

const closing = new AbortController()

/** Loads what asks others only now: scans, which are far more frequent, need none of it. */
async function check(request: CheckRequest): Promise<CheckResult> {
  units.flush()
  const providers = await providersFor(request.net)
  const keep = (event: AnyEvent): void => keepEvents(theDb(), request.now, [event])
  return checkUpstream(theDb(), providers, request, closing.signal, keep)
}

const now = (): number => Date.now()

async function providersFor(net: CheckRequest['net']): Promise<UpstreamProviders> {
  const { createProviders } = await import('./domains/upstream/providers/index.ts')
  return createProviders({ net, home: homedir(), tempDir: tmpdir(), now, env: process.env })
}

/** Those who ask for files: the limits and the token they learnt serve the next comparison, too. */
let filesFrom: { key: string; providers: UpstreamProviders } | null = null
/** Comparisons under way, by ticket. */
const diffs = new Map<number, AbortController>()

async function diff({ request, ticket }: Asked<'diff'>): Promise<Comparison> {
  const ended = new AbortController()
  diffs.set(ticket, ended)
  try {
    const key = JSON.stringify(request.net)
    if (request.right.kind === 'source' && filesFrom?.key !== key)
      filesFrom = { key, providers: await providersFor(request.net) }
    const { runDiff } = await import('./domains/cache/diff/run-diff.ts')
    const tools = {
      providers: filesFrom?.providers ?? noProviders,
      kept: keptDir === '' ? null : new KeptFiles(keptDir, now),
    }
    return await runDiff(request, tools, AbortSignal.any([ended.signal, closing.signal]))
  } finally {
    diffs.delete(ticket)
  }
}

let exclusively: WorkTools['exclusively'] | null = null

/** Loads what collections do with files only now, as for a check. */
async function work({ name, params, around }: Asked<'work'>): Promise<unknown> {
  const { createExclusion, runWork } = await import('./domains/collections/work/index.ts')
  exclusively ??= createExclusion()
  const tools: WorkTools = {
    ...around,
    providers: () => providersFor(around.net),
    kept: keptDir === '' ? null : new KeptFiles(keptDir, now),
    signal: closing.signal,
    exclusively,
  }
  return runWork(tools, name, params as never)
}

async function close(): Promise<never> {
  closing.abort()
  await copying
  db?.close()
  process.exit(0)
}

function run(request: Answered): unknown {
  switch (request.kind) {
    case 'discover':
      return discover(request.options)
    case 'validate':
      return validatePath(request.path, request.profile)
    case 'listFiles':
      return listFiles(request.path)
    case 'readFile':
      return readFile(request.request)
    case 'scan':
      return scan(request)
    case 'check':
      return check(request.request)
    case 'diff':
      return diff(request)
    case 'work':
      return work(request)
    case 'scanFew':
      return scanFew(request)
    case 'backup':
      return backup(request.to)
    case 'write':
      // What was scanned before is written before.
      units.flush()
      return runWrite(theDb(), request.name, request.params as never)
  }
}

async function answer(request: Answered): Promise<void> {
  const { id } = request
  try {
    send({ kind: 'result', id, result: await run(request) })
  } catch (error) {
    send({ kind: 'failure', id, error: packError(error) })
    // After the answer, since the daemon ends this process then. A copy that is damaged tells of its original.
    const isDamaged = (): boolean => request.kind === 'backup' && runWrite(theDb(), 'check', {}) !== null
    if (isCorrupt(error) || isDamaged()) say({ kind: 'corrupt' })
  }
}

process.umask(0o077)
process.title = 'smd-writer'
// These are meant for the daemon, which ends this process in order.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit(0))
process.on('message', (request: Answered | Exclude<WriterRequest, { kind: Answered['kind'] }>) => {
  if (request.kind === 'cancel') pool?.cancel()
  else if (request.kind === 'endDiff') diffs.get(request.ticket)?.abort()
  else void (request.kind === 'close' ? close() : answer(request))
})
