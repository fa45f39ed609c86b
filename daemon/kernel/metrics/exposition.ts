/** The text format of Prometheus, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/. */

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export type Labels = Readonly<Record<string, string>>
export type Sample = { labels?: Labels; value: number }

/** One metric. Names of counters end in `_total`; units are seconds and bytes. */
export type Family =
  | { name: string; help: string; type: 'counter' | 'gauge'; samples: readonly Sample[] }
  | {
      name: string
      help: string
      type: 'histogram'
      samples: ReadonlyArray<{ labels?: Labels; value: Distribution }>
    }

/** How many values lay at or below each bound. */
export type Distribution = {
  /** Upper bounds, ascending, and counts of all values up to each. */
  buckets: ReadonlyArray<readonly [bound: number, count: number]>
  count: number
  sum: number
}

/** Families without samples are left out. */
export function renderMetrics(families: readonly Family[]): string {
  const lines = families.flatMap((family) => {
    if (family.samples.length === 0) return []
    const { name, help, type } = family
    const samples =
      type === 'histogram'
        ? family.samples.flatMap((one) => histogramLines(name, one))
        : family.samples.map((one) => line(name, one.labels, one.value))
    return [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...samples]
  })
  return lines.map((text) => `${text}\n`).join('')
}

function histogramLines(name: string, { labels, value }: { labels?: Labels; value: Distribution }): string[] {
  const { buckets, count, sum } = value
  return [
    ...buckets.map(([bound, upTo]) => line(`${name}_bucket`, { ...labels, le: number(bound) }, upTo)),
    line(`${name}_bucket`, { ...labels, le: '+Inf' }, count),
    line(`${name}_sum`, labels, sum),
    line(`${name}_count`, labels, count),
  ]
}

function line(name: string, labels: Labels | undefined, value: number): string {
  const pairs = Object.entries(labels ?? {}).map(
    ([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`,
  )
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${number(value)}`
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')

function number(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}
