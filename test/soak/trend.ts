/** Whether a figure grows. */

export type Sample = { atMs: number; value: number }

/** The straight line with the least squares: `perHour` is its slope, `growth` how far it rises over all samples. */
export function trendOf(samples: readonly Sample[]): { perHour: number; growth: number } {
  if (samples.length < 2) return { perHour: 0, growth: 0 }
  const count = samples.length
  const meanAt = samples.reduce((sum, { atMs }) => sum + atMs, 0) / count
  const meanValue = samples.reduce((sum, { value }) => sum + value, 0) / count
  let covariance = 0
  let variance = 0
  for (const { atMs, value } of samples) {
    covariance += (atMs - meanAt) * (value - meanValue)
    variance += (atMs - meanAt) ** 2
  }
  const perMs = variance === 0 ? 0 : covariance / variance
  const first = samples[0] as Sample
  const last = samples.at(-1) as Sample
  return { perHour: perMs * 3_600_000, growth: perMs * (last.atMs - first.atMs) }
}
