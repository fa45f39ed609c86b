import type { ResultOf } from '../../../protocol/methods.ts'
import { formatBytes, formatCount, formatDuration } from './format.ts'
import type { Tone } from './words.ts'

export type Job = ResultOf<'jobs.list'>['items'][number]
export type Run = ResultOf<'jobs.history'>['items'][number]

type Word = { name: string; tone: Tone; meaning: string }

export const jobStateWords: Record<Job['state'], Word> = {
  idle: { name: 'Waiting', tone: 'neutral', meaning: 'It runs at its next time.' },
  running: { name: 'Running', tone: 'info', meaning: 'It runs right now.' },
  paused: { name: 'Paused', tone: 'attention', meaning: 'It runs by hand only, until it is resumed.' },
}

export const outcomeWords: Record<NonNullable<Run['outcome']>, Word> = {
  success: { name: 'Success', tone: 'ok', meaning: 'It did what it had to do.' },
  failure: { name: 'Failed', tone: 'danger', meaning: 'It could not do what it had to do.' },
  timeout: { name: 'Timed out', tone: 'danger', meaning: 'It took longer than it may and was ended.' },
  interrupted: { name: 'Interrupted', tone: 'attention', meaning: 'The daemon ended meanwhile.' },
}

export const causeWords: Record<Run['cause'], Omit<Word, 'tone'>> = {
  schedule: { name: 'Schedule', meaning: 'Its time had come.' },
  missed: { name: 'Made up for', meaning: 'Nothing could run when it was due, so it ran later.' },
  manual: { name: 'By hand', meaning: 'Somebody asked for it.' },
}

/** `every 6 h`, a cron line, or that it only runs by hand. */
export function scheduleText({ everyMinutes, cron }: Job['schedule']): string {
  if (everyMinutes !== null) return `every ${formatDuration(everyMinutes * 60_000)}`
  return cron ?? 'by hand only'
}

/** What a job told, e.g. `projects 12, new projects 3`; what says nothing is left out. */
export const detailText = (detail: Run['detail']): string =>
  Object.entries(detail ?? {})
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => fact(name, value ?? ''))
    .join(', ')

/** Units are in the names of figures on the wire. */
function fact(name: string, value: string | number | boolean): string {
  const [, stem = name, unit] = /^(.+?)(Bytes|Ms)?$/.exec(name) ?? []
  const words = stem.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  if (typeof value !== 'number') return `${words} ${value}`
  if (unit === 'Bytes') return `${words} ${formatBytes(value)}`
  return `${words} ${unit === 'Ms' ? formatDuration(value) : formatCount(value)}`
}
