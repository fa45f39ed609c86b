import { SmdError } from '../../../protocol/errors.ts'
import { scannerThread, writerProcess } from '../../entries.ts'
import type { WorkName, WorkParams, WorkResult, WorkSurroundings } from '../collections/work/index.ts'
import type { CheckResult } from '../upstream/writer/index.ts'
import type { Comparison } from './diff/run-diff.ts'
import {
  type Engine,
  FEW,
  type UnitDone,
  type WriteName,
  type WriteParams,
  type WriteResult,
} from './engine.ts'
import type { FileList } from './files/list-files.ts'
import type { FileContent } from './files/read-file.ts'
import type { WriterEvent, WriterRequest } from './messages.ts'
import { Peer } from './peer.ts'
import type { Discovery } from './scan/discovery.ts'
import type { ScanEnvironment } from './scan/types.ts'
import type { Finding } from './scan/validate.ts'

/** How long the process stays without work: what was changed once is often changed again. */
const IDLE_MS = 3_000

/** As the daemon's own, see client-cli/lifecycle/daemon-memory.ts. */
const WRITER_FLAGS = ['--max-semi-space-size=4']

export type ProcessEngineOptions = {
  /** Where the cache lies now; asked whenever the process starts. */
  dbFile(): string
  /** Where contents of files at sources are kept; without it none are. */
  keptDir?: string
  /** How many scanners share the work, given how much there is. */
  scannerCount(units: number): number
  /** Somebody found that the file is damaged. */
  onCorrupt(): void
  /** Whether the files of the process and its threads were replaced; then none is started. */
  packageChanged?(): boolean
  /** How long the process stays without work. */
  idleMs?: number
  entries?: { scanner: URL; writer: URL }
}

type Writer = Peer<WriterRequest, WriterEvent>

/**
 * The engine as a process of its own, started when needed and ended when idle: what a scan needed of memory is given
 * back then, to the last page, and whatever it does takes nothing from the thread that answers.
 */
export function createProcessEngine(options: ProcessEngineOptions): Engine {
  const { dbFile, scannerCount, onCorrupt, idleMs = IDLE_MS } = options
  const entries = options.entries ?? { scanner: scannerThread, writer: writerProcess }
  let writer: Writer | null = null
  /** Those that were told to end and have not yet. */
  const ending = new Set<Promise<void>>()
  let onDone: ((done: UnitDone) => void) | null = null
  let closed = false
  /** Requests that are not answered yet. */
  let asked = 0
  let keptReady = false
  /** The environment that each process has, so that it is not sent, and made out, for every change. */
  const sent = new WeakMap<Writer, ScanEnvironment>()
  let idle: NodeJS.Timeout | undefined
  let lastTicket = 0

  const ask = async <Result>(
    request: Exclude<WriterRequest, { kind: 'close' | 'cancel' | 'endDiff' }>,
  ): Promise<Result> => {
    asked++
    clearTimeout(idle)
    try {
      return await theWriter().ask<Result>(request)
    } finally {
      asked--
      rest()
    }
  }

  const rest = (): void => {
    clearTimeout(idle)
    if (asked > 0 || keptReady) return
    idle = setTimeout(() => end((it) => it.close({ kind: 'close' })), idleMs).unref()
  }

  const checkPackage = (): void => {
    if (options.packageChanged?.()) throw new SmdError('daemon.restart_needed')
  }

  const theWriter = (): Writer => {
    if (closed) throw new SmdError('daemon.stopping')
    if (writer) return writer
    checkPackage()
    const args = [dbFile(), entries.scanner.href, options.keptDir ?? '']
    const started: Writer = Peer.process(entries.writer, args, WRITER_FLAGS, {
      // What a former one still says is of no interest.
      said: (event) => writer === started && heard(event),
      crashed: () => {
        if (writer === started) writer = null
      },
    })
    writer = started
    return started
  }

  const heard = (event: WriterEvent): void => {
    if (event.kind === 'corrupt') onCorrupt()
    else onDone?.(event.done)
  }

  const end = (how: (writer: Writer) => Promise<void>): void => {
    if (!writer) return
    const gone = how(writer).finally(() => ending.delete(gone))
    ending.add(gone)
    writer = null
  }

  const stop = async (reason: SmdError): Promise<void> => {
    end((it) => it.abandon({ kind: 'close' }, reason))
    clearTimeout(idle)
    await Promise.all(ending)
  }

  return {
    discover: (wanted) => ask<Discovery>({ kind: 'discover', options: wanted }),
    validate: (path, profile) => ask<Finding[]>({ kind: 'validate', path, profile }),
    listFiles: (path) => ask<FileList>({ kind: 'listFiles', path }),
    readFile: (request) => ask<FileContent>({ kind: 'readFile', request }),
    write: <Name extends WriteName>(name: Name, params: WriteParams<Name>) =>
      ask<WriteResult<Name>>({ kind: 'write', name, params }),
    async checkUpstream(request) {
      // The process may be older than its files; what it loads for this would not be.
      checkPackage()
      return ask<CheckResult>({ kind: 'check', request })
    },
    async diff(request, signal) {
      signal.throwIfAborted()
      // As for a check.
      checkPackage()
      const ticket = ++lastTicket
      const asked = ask<Comparison>({ kind: 'diff', request, ticket })
      const asking = writer
      const end = (): void => asking?.post({ kind: 'endDiff', ticket })
      signal.addEventListener('abort', end)
      return asked.finally(() => signal.removeEventListener('abort', end))
    },
    async work<Name extends WorkName>(
      name: Name,
      params: WorkParams<Name>,
      around: WorkSurroundings,
    ): Promise<WorkResult<Name>> {
      // As for a check.
      checkPackage()
      return ask<WorkResult<Name>>({ kind: 'work', name, params, around })
    },
    backup: (to) => ask<void>({ kind: 'backup', to }),
    async scan(refs, env, now, listener, signal) {
      if (refs.length === 0 || signal?.aborted) return
      if (refs.length <= FEW) {
        const process = theWriter()
        const isKnown = sent.get(process) === env
        sent.set(process, env)
        const few = await ask<UnitDone[]>({ kind: 'scanFew', refs, env: isKnown ? null : env, now })
        for (const done of few) listener(done)
        return
      }
      if (onDone) throw new Error('a scan is running already')
      // The process may be older than its files; its threads would not be.
      checkPackage()
      onDone = listener
      const cancel = (): void => writer?.post({ kind: 'cancel' })
      signal?.addEventListener('abort', cancel)
      try {
        const scanners = scannerCount(refs.length)
        await ask({ kind: 'scan', refs, env, now, scanners })
      } finally {
        signal?.removeEventListener('abort', cancel)
        onDone = null
      }
    },
    keepReady(wanted) {
      keptReady = wanted
      if (!wanted) return rest()
      clearTimeout(idle)
      // It was replaced, or the daemon ends: whoever needs the process will be told so.
      if (!closed && !options.packageChanged?.()) theWriter()
    },
    reset: () => stop(new SmdError('cache.unavailable', { reason: 'it is being rebuilt' })),
    close: () => {
      closed = true
      return stop(new SmdError('daemon.stopping'))
    },
  }
}
