/** Jobs and their runs as people read them. */
import type { ResultOf } from '../../../protocol/methods.ts'
import { formatCount, formatDuration } from '../../format/values.ts'

export type Job = ResultOf<'jobs.list'>['items'][number]
export type Run = ResultOf<'jobs.run'>

/** `every 6 h`, `30 3 * * *`, `by hand`. */
export function scheduleText({ schedule: { everyMinutes, cron } }: Pick<Job, 'schedule'>): string {
  if (everyMinutes !== null) return `every ${formatDuration(everyMinutes * 60_000)}`
  return cron ?? 'by hand'
}

/** `in 3 min`; `now` for what is due, a dash for never. */
export function nextText({ nextAt }: Pick<Job, 'nextAt'>, now: number): string {
  if (nextAt === null) return '-'
  return nextAt <= now ? 'now' : `in ${formatDuration(nextAt - now)}`
}

/** `success`, or `running` for a run that is not over. */
export const outcomeText = (run: Pick<Run, 'outcome'>): string => run.outcome ?? 'running'

export function outcomeStyle(run: Pick<Run, 'outcome'>): 'green' | 'red' | 'yellow' | 'dim' {
  if (run.outcome === null) return 'dim'
  if (run.outcome === 'interrupted') return 'yellow'
  return run.outcome === 'success' ? 'green' : 'red'
}

/** What a job told: `projects refreshed 3, changes detected 0`; nothing of what is empty. */
export function detailText(detail: Run['detail']): string {
  return Object.entries(detail ?? {})
    .filter(([, value]) => value !== null && value !== false)
    .map(([name, value]) => {
      const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
      return `${words} ${typeof value === 'number' ? formatCount(value) : value}`
    })
    .join(', ')
}

/** How long a run took; a dash while it runs. */
export function tookText({ startedAt, endedAt }: Pick<Run, 'startedAt' | 'endedAt'>): string {
  return endedAt === null ? '-' : formatDuration(Math.max(0, endedAt - startedAt))
}
