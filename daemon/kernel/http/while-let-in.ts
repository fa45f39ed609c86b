import type { Timers } from '../timers.ts'
import { type IdentitySource, identify, type Proof, type Visitor } from './identity.ts'

/** How often it is looked whether somebody who stays is still let in, ms; what stays open counts as being used, too. */
const LOOK_MS = 30_000

/**
 * Aborted when the visitor is let in no longer: the session or token was ended, or its time is over. `until` is aborted
 * when he has gone by himself.
 */
export function whileLetIn(
  { visitor, proof, sources }: { visitor: Visitor; proof: Proof; sources: readonly IdentitySource[] },
  timers: Timers,
  until: AbortSignal,
): AbortSignal {
  const out = new AbortController()
  const end = timers.every(LOOK_MS, () => {
    if (!identify(sources, proof)) out.abort()
  })
  until.addEventListener('abort', end, { once: true })
  if (visitor.ended.aborted) out.abort()
  visitor.ended.addEventListener('abort', () => out.abort(), { once: true, signal: until })
  return out.signal
}
