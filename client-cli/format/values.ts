/** `3 min ago`; a dash for never. */
export function formatAge(at: number | null, now: number): string {
  if (at === null) return '-'
  return `${formatDuration(Math.max(0, now - at))} ago`
}

const DURATIONS: ReadonlyArray<readonly [unit: string, ms: number, below: number]> = [
  ['ms', 1, 1_000],
  ['s', 1_000, 60],
  ['min', 60_000, 60],
  ['h', 3_600_000, 48],
]

/** The largest unit that gives at least 1: `850 ms`, `12 s`, `3 min`, `5 h`; days from two on. */
export function formatDuration(ms: number): string {
  for (const [unit, size, below] of DURATIONS) {
    const rounded = Math.round(ms / size)
    if (rounded < below) return `${rounded} ${unit}`
  }
  return `${Math.round(ms / 86_400_000)} d`
}

/** Decimal units: `812 B`, `4.1 kB`, `9.8 MB`, `2.5 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 999_950) return `${(bytes / 1_000).toFixed(1)} kB`
  if (bytes < 999_950_000) return `${(bytes / 1_000_000).toFixed(1)} MB`
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`
}

/** `1 project`, `3 projects`. */
export function plural(n: number, word: string): string {
  const many = /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`
  return `${formatCount(n)} ${n === 1 ? word : many}`
}

/** `10,245`. Without Intl, whose number formats take 10 ms to load. */
export function formatCount(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',')
}
