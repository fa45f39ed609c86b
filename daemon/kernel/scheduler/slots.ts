/** The times of a schedule, called slots here; croner only computes them, its own timers are not used (ADR 0016). */
import { Cron } from 'croner'

export type Slots = {
  /** The first one after `after`; null when there is none. */
  next(after: number): number | null
  /** The newest `count` of those after `after` and not after `until`, oldest first. */
  newest(count: number, after: number, until: number): number[]
}

/** croner knows seconds, and looks strictly before a time. */
const SECOND_MS = 1_000

/** Every `periodMs` from `anchor` on, without the anchor itself. */
export function intervalSlots(anchor: number, periodMs: number): Slots {
  const indexAfter = (at: number): number => Math.max(1, Math.floor((at - anchor) / periodMs) + 1)
  return {
    next: (after) => anchor + indexAfter(after) * periodMs,
    newest(count, after, until) {
      const last = indexAfter(until) - 1
      const first = Math.max(indexAfter(after), last - count + 1)
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => anchor + (first + i) * periodMs)
    },
  }
}

/**
 * The times of a cron expression in local time, or in `timezone`. A time that a change of the clocks leaves out comes
 * right after the gap, and one that comes twice counts once; an hourly one is hourly throughout.
 * Errors: those of croner, for text that is no cron expression.
 */
export function cronSlots(expression: string, timezone?: string): Slots {
  const key = `${timezone} ${expression}`
  const known =
    kept.get(key) ?? computedSlots(new Cron(expression, timezone === undefined ? {} : { timezone }))
  kept.set(key, known)
  return known
}

/** To read an expression and to compute a time takes up to a millisecond, and each is asked for once a minute. */
const kept = new Map<string, Slots>()

function computedSlots(cron: Cron): Slots {
  let last: { after: number; next: number | null } | null = null
  const next = (after: number): number | null => {
    const holds = last && after >= last.after && (last.next === null || after < last.next)
    if (!last || !holds) last = { after, next: cron.nextRun(new Date(after))?.getTime() ?? null }
    return last.next
  }
  return {
    next,
    newest(count, after, until) {
      const first = next(after)
      if (first === null || first > until) return []
      // Mostly there are one or two.
      for (let some = Math.min(2, count); ; some = Math.min(some * 4, count)) {
        const runs = cron.previousRuns(some + 1, new Date(until + SECOND_MS)).map((date) => date.getTime())
        const isAll = some === count || runs.length <= some || runs.some((at) => at <= after)
        if (isAll)
          return runs
            .filter((at) => at > after && at <= until)
            .toSorted((a, b) => a - b)
            .slice(-count)
      }
    },
  }
}

/** `first`, and then those of `rest` that come later. */
export function firstThen(first: number, rest: Slots): Slots {
  return {
    next: (after) => (after < first ? first : rest.next(after)),
    newest(count, after, until) {
      const later = rest.newest(count, Math.max(first, after), until)
      return (after < first && first <= until ? [first, ...later] : later).slice(-count)
    },
  }
}
