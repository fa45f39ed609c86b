/** `3 min ago`; a dash for never. */
export function formatAge(at: number | null, now: number): string {
  if (at === null) return '-'
  return `${formatDuration(Math.max(0, now - at))} ago`
}

/** The largest unit that gives at least 1: `850 ms`, `12 s`, `3 min`, `5 h`, `9 d`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`
  return `${Math.round(ms / 86_400_000)} d`
}

/** Decimal units: `812 B`, `4.1 kB`, `9.8 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** `1 project`, `3 projects`. */
export function plural(n: number, word: string): string {
  const many = word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`
  return `${formatCount(n)} ${n === 1 ? word : many}`
}

/** `10,245`. Without Intl, whose number formats take 10 ms to load. */
export function formatCount(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',')
}
