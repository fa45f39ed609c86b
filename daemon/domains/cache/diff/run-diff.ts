/** Finds two sides and compares them; runs where the disk is read, never in the process that answers. */
import { SmdError } from '../../../../protocol/errors.ts'
import type { NetOptions } from '../../../kernel/net/http-client.ts'
import { systemTimers, type Timers } from '../../../kernel/timers.ts'
import type { UpstreamProviders } from '../../upstream/index.ts'
import { type KeptFiles, UpstreamError } from '../../upstream/writer/index.ts'
import { type Comparison, compareSides } from './compare.ts'
import { type Counting, type DiskLimits, type DiskPlace, diskSide } from './disk-side.ts'
import { ignoring } from './ignored.ts'
import { type Side, without } from './side.ts'
import { type SourcePlace, upstreamSide } from './upstream-side.ts'

export type { Comparison } from './compare.ts'

export type DiffRequest = {
  /** Of the artifact on the left, for messages. */
  name: string
  left: DiskPlace
  right: DiskPlace | ({ kind: 'source' } & SourcePlace)
  limits: DiskLimits
  /** Unchanged lines around a change; default 3. */
  context?: number
  /** Patterns of what does not count (`ignoring`). */
  ignore?: readonly string[]
  /** For whoever makes the providers. */
  net: Pick<NetOptions, 'offline' | 'timeoutMs'>
}

export type DiffTools = {
  /** Made when a source is asked. */
  providers: UpstreamProviders
  /** What was fetched before; null: nothing is kept. */
  kept: KeptFiles | null
  after?: Timers['after']
}

/** How long a source, with all that is asked of it, may keep somebody waiting, ms. */
const PATIENCE_MS = 60_000

/**
 * What differs between two places. Errors: `artifact.unreadable`; `artifact.no_upstream_files` when the source cannot be
 * asked, with the reason; the reason of `signal`.
 */
export async function runDiff(
  request: DiffRequest,
  tools: DiffTools,
  signal: AbortSignal,
): Promise<Comparison> {
  const { left: place, right, limits, context } = request
  const { path: isIgnored } = ignoring(request.ignore ?? [])
  const counting: Counting = right.kind === 'source' ? 'git' : 'content'
  const left = await diskSide(place, counting, limits, signal, isIgnored)
  if (right.kind === 'disk')
    return compareSides(left, await diskSide(right, counting, limits, signal, isIgnored), signal, { context })
  return withPatience(tools.after ?? systemTimers.after, signal, (patient) =>
    againstSource(
      left,
      right,
      { ...tools, limits, isFile: left.isFile, signal: patient },
      { isIgnored, context },
    ),
  ).catch((error: unknown) => {
    if (!(error instanceof UpstreamError)) throw error
    const reason = error.message.replace(/\.$/, '').replace(/^Its\b/, 'its')
    throw new SmdError('artifact.no_upstream_files', { name: request.name, reason })
  })
}

async function againstSource(
  left: Side,
  place: SourcePlace,
  options: Parameters<typeof upstreamSide>[1],
  { isIgnored, context }: { isIgnored(path: string): boolean; context: number | undefined },
): Promise<Comparison> {
  const { side, close } = await upstreamSide(place, options)
  try {
    return await compareSides(left, without(side, isIgnored), options.signal, { context })
  } finally {
    await close()
  }
}

async function withPatience<Result>(
  after: Timers['after'],
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const deadline = new AbortController()
  const cancel = after(PATIENCE_MS, () =>
    deadline.abort(new UpstreamError('timeout', 'Its source did not answer in time.')),
  )
  try {
    return await work(AbortSignal.any([signal, deadline.signal]))
  } finally {
    cancel()
  }
}
