import type { CallError } from './call-error.ts'
import { useQuery } from './use-query.ts'

export type CacheStatus = {
  /** When everything was read last, Unix ms; null before the first time. */
  lastRefreshAt: number | null
  /** Time since the oldest scan, in ms; null when nothing was scanned. */
  ageMs: number | null
  /** Share of reads answered from a fresh cache, 0 to 1; null before the first read. */
  hitRate: number | null
  /** Projects older than the time to live. */
  staleProjects: number
  /** How far the running refresh is; null while none runs. */
  refresh: { unitsDone: number; unitsTotal: number } | null
  isStale: boolean
}

/** How fresh the cache is (CACHE-3.2b); undefined before the first answer. */
export function useCacheStatus(): {
  status: CacheStatus | undefined
  error: CallError | null
  reload(): void
} {
  const { data, error, reload } = useQuery('cache.status', {})
  const status = data && {
    lastRefreshAt: data.lastRefreshAt,
    ageMs: data.ageMs,
    hitRate: data.hitRate,
    staleProjects: data.staleProjects,
    refresh: data.refresh,
    isStale: data.staleProjects > 0,
  }
  return { status, error, reload }
}
