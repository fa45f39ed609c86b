/** Messages between the daemon, its writer process and the scanners of that. */
import { type ErrorDetails, type ErrorSlug, SmdError } from '../../../protocol/errors.ts'
import type { WorkName, WorkSurroundings } from '../collections/work/index.ts'
import type { CheckRequest } from '../upstream/writer/index.ts'
import type { DiffRequest } from './diff/run-diff.ts'
import type { UnitDone, WriteName } from './engine.ts'
import type { FileRequest } from './files/read-file.ts'
import type { DiscoveryOptions } from './scan/discovery.ts'
import type { UnitRef } from './scan/job.ts'
import type { ScanEnvironment } from './scan/types.ts'
import type { ValidationProfile } from './scan/validate.ts'
import type { UnitToWrite } from './writes.ts'

/** From the daemon to the writer process. All but `cancel`, `endDiff` and `close` are answered by id. */
export type WriterRequest =
  | { kind: 'discover'; options: DiscoveryOptions }
  | { kind: 'validate'; path: string; profile: ValidationProfile }
  | { kind: 'listFiles'; path: string }
  | { kind: 'readFile'; request: FileRequest }
  | { kind: 'write'; name: WriteName; params: unknown }
  /** Copies the cache to a new file; writes go on between the parts. */
  | { kind: 'backup'; to: string }
  /** Reads and writes units, with so many scanners; one at a time. */
  | { kind: 'scan'; refs: readonly UnitRef[]; env: ScanEnvironment; now: number; scanners: number }
  | { kind: 'check'; request: CheckRequest }
  | { kind: 'work'; name: WorkName; params: unknown; around: WorkSurroundings }
  /** `ticket`: by which it can be ended. */
  | { kind: 'diff'; request: DiffRequest; ticket: number }
  /** Nobody waits for this comparison any more. Not answered. */
  | { kind: 'endDiff'; ticket: number }
  /** Reads and writes a few units at once; answered with what became of each. `env`: null is the one of the last time. */
  | { kind: 'scanFew'; refs: readonly UnitRef[]; env: ScanEnvironment | null; now: number }
  /** The running scan shall begin no further unit. Not answered. */
  | { kind: 'cancel' }
  | { kind: 'close' }

/** From the writer process, unasked. */
export type WriterEvent =
  | { kind: 'done'; done: UnitDone }
  /** SQLite found the file damaged; the request that met it fails by itself. */
  | { kind: 'corrupt' }

export type ScannerData = { dbFile: string; env: ScanEnvironment; now: number }

/** From the writer process to a scanner. */
export type ScannerRequest =
  /** `more`: others follow, so that the writer may wait for them. */
  { kind: 'scan'; ref: UnitRef; more: boolean } | { kind: 'close' }

/** From a scanner. */
export type ScannerEvent = { kind: 'scanned'; unit: ScannedUnit } | WriterEvent

/** What was found in one unit. */
export type ScannedUnit = UnitToWrite & { more: boolean }

/** An answer, or something said unasked. */
export type PeerReply<Event> =
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'failure'; id: number; error: PackedError }
  | { kind: 'event'; event: Event }

/** Errors lose their class on the way; expected failures are rebuilt from slug and details. */
export type PackedError = { slug: ErrorSlug; details: ErrorDetails } | { message: string }

export function packError(error: unknown): PackedError {
  if (error instanceof SmdError) return { slug: error.slug, details: error.details }
  return { message: String((error as Error)?.stack ?? error) }
}

export function unpackError(error: PackedError): Error {
  return 'slug' in error ? new SmdError(error.slug, error.details) : new Error(error.message)
}
