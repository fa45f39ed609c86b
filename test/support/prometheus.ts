/**
 * A strict reader of Prometheus' text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/):
 * whatever the page does not allow is an error, also what servers put up with.
 */

export type ReadSample = { name: string; labels: Record<string, string>; value: number }
export type ReadFamily = { help: string; type: string; samples: ReadSample[] }

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"'
const FLOAT = '(?:[+-]?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|NaN|[+-]Inf)'
const helpLine = new RegExp(`^# HELP (${NAME}) ((?:[^\\\\]|\\\\[\\\\n])*)$`)
const typeLine = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`)
const sampleLine = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (${FLOAT})$`)

/** The families by name. Errors: the first line or family that breaks a rule. */
export function readMetrics(text: string): Map<string, ReadFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line has no line end')
  const families = new Map<string, ReadFamily>()
  let name = ''
  let family: ReadFamily | null = null
  const seen = new Set<string>()
  for (const line of text.slice(0, -1).split('\n')) {
    const help = helpLine.exec(line)
    const type = typeLine.exec(line)
    if (help) {
      name = help[1] as string
      if (families.has(name)) throw new Error(`two families ${name}`)
      family = { help: help[2] as string, type: '', samples: [] }
      families.set(name, family)
    } else if (type) {
      if (!family || type[1] !== name || family.type !== '') throw new Error(`misplaced: ${line}`)
      family.type = type[2] as string
    } else {
      const sample = readSample(line)
      if (!family || !belongs(sample.name, name, family.type)) throw new Error(`misplaced: ${line}`)
      const key = line.slice(0, line.lastIndexOf(' '))
      if (seen.has(key)) throw new Error(`twice: ${key}`)
      seen.add(key)
      family.samples.push(sample)
    }
  }
  for (const [each, read] of families) checkFamily(each, read)
  return families
}

function readSample(line: string): ReadSample {
  const match = sampleLine.exec(line)
  if (!match) throw new Error(`no sample: ${line}`)
  const [, name = '', pairs = '', value = ''] = match
  const labels: Record<string, string> = {}
  for (const [, label = '', text = ''] of pairs.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/g)) {
    if (label in labels) throw new Error(`label twice: ${line}`)
    labels[label] = text.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char))
  }
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) }
}

function belongs(sample: string, family: string, type: string): boolean {
  if (type === 'histogram') return ['_bucket', '_sum', '_count'].some((end) => sample === family + end)
  return type !== '' && sample === family
}

function checkFamily(name: string, { type, samples }: ReadFamily): void {
  if (type === '' || samples.length === 0) throw new Error(`${name} is not complete`)
  if (type === 'counter' && !name.endsWith('_total'))
    throw new Error(`counter ${name} does not end in _total`)
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) throw new Error(`${name} is below 0`)
  if (type === 'histogram') checkHistogram(name, samples)
}

/** Buckets ascend, their counts do not fall, and the last one, +Inf, has the count of all. */
function checkHistogram(name: string, samples: readonly ReadSample[]): void {
  const series = Map.groupBy(samples, ({ labels: { le: _, ...rest } }) => JSON.stringify(rest))
  for (const [key, all] of series) {
    const buckets = all.filter((sample) => sample.name === `${name}_bucket`)
    const bounds = buckets.map(({ labels }) => Number(labels.le?.replace('Inf', 'Infinity')))
    const counts = buckets.map(({ value }) => value)
    const count = all.find((sample) => sample.name === `${name}_count`)?.value
    const ascends = (list: number[], mayStay: boolean): boolean =>
      list.every((each, i) => i === 0 || each > (list[i - 1] as number) || (mayStay && each === list[i - 1]))
    const sums = all.filter((sample) => sample.name === `${name}_sum`)
    const right =
      ascends(bounds, false) &&
      ascends(counts, true) &&
      bounds.at(-1) === Number.POSITIVE_INFINITY &&
      counts.at(-1) === count &&
      sums.length === 1
    if (!right) throw new Error(`${name} ${key} is no histogram`)
  }
}
