/** Messages between the daemon's own thread, the scanners and the writer. */
import type { MessagePort } from 'node:worker_threads'
import { type ErrorDetails, type ErrorSlug, SmdError } from '../../../protocol/errors.ts'
import type { UnitDone, WriteName } from './engine.ts'
import type { DiscoveryOptions } from './scan/discovery.ts'
import type { UnitRef } from './scan/job.ts'
import type { ScanEnvironment } from './scan/types.ts'
import type { ValidationProfile } from './scan/validate.ts'
import type { UnitToWrite } from './writes.ts'

export type ThreadData = { dbFile: string }

export type ScannerRequest =
  | { kind: 'discover'; id: number; options: DiscoveryOptions }
  | { kind: 'validate'; id: number; path: string; profile: ValidationProfile }
  /** Where outcomes go: straight to the writer, not through the daemon's thread. */
  | { kind: 'connect'; writer: MessagePort }
  | { kind: 'environment'; env: ScanEnvironment; now: number }
  /** `more`: others follow, so that the writer may wait for them. */
  | { kind: 'scan'; ref: UnitRef; more: boolean }
  | { kind: 'close' }

export type WriterRequest =
  | { kind: 'write'; id: number; name: WriteName; params: unknown }
  | { kind: 'backup'; id: number; to: string }
  | { kind: 'connect'; scanner: MessagePort }
  | { kind: 'close' }

/** From a scanner to the writer. */
export type ScannedUnit = UnitToWrite & { more: boolean }

/** From either thread to the daemon's. */
export type ThreadReply =
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'failure'; id: number; error: ThreadError }
  | { kind: 'done'; done: UnitDone }
  /** SQLite found the file damaged; the request that met it fails by itself. */
  | { kind: 'corrupt' }

/** Errors lose their class between threads; expected failures are rebuilt from slug and details. */
export type ThreadError = { slug: ErrorSlug; details: ErrorDetails } | { message: string }

export function packError(error: unknown): ThreadError {
  if (error instanceof SmdError) return { slug: error.slug, details: error.details }
  return { message: String((error as Error)?.stack ?? error) }
}

export function unpackError(error: ThreadError): Error {
  return 'slug' in error ? new SmdError(error.slug, error.details) : new Error(error.message)
}
