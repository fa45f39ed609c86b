/** What of a run may not be, and what the figures are compared with. */
import type { LoopDelay } from './life.ts'
import { type Sample, trendOf } from './trend.ts'

const MB = 1e6
/** RSS may rise by this much over the measured time (a line through the samples) and is called noise. */
const NOISE_BYTES = 12 * MB
/** Beyond that, a faster rise than this is called a leak, bytes per hour. */
const LEAK_PER_HOUR = 2 * MB
/** Share of a life, from its start, in which caches fill and nothing is concluded from memory. */
export const WARM_UP = 0.25

/** Descriptors and threads while nobody is connected and nothing is done. */
export type Idle = { fds: number; threads: number }

export type LifeRecord = {
  seconds: number
  operations: number
  /** After the warm-up, and until the last client left. */
  rss: Sample[]
  before: Idle
  after: Idle
  /** Most processes below the daemon that are none of its own parts, or ended and were not taken note of. */
  strangers: number
  /** Most memory of the process that scans and writes. */
  writerBytes: number
  loop: LoopDelay
  /** Round trips of daemon.status, ms, as seen from the process with all the clients. */
  answers: { p50: number; p99: number; max: number }
  ending: 'SIGTERM' | 'SIGKILL'
}

export type Soak = {
  lives: LifeRecord[]
  counts: Record<string, number>
  /** What clients were told that they should not have been, and what they were not told. */
  failures: string[]
  /** What is wrong with the cache at the end. */
  damage: string[]
}

/** The rules a run broke, one sentence each; empty when it is fine. */
export function faultsOf({ lives, failures, damage }: Soak): string[] {
  const faults = [...damage]
  if (failures.length > 0) faults.push(`${failures.length} requests failed, the first: ${failures[0]}`)
  lives.forEach(({ rss, before, after, strangers, operations }, i) => {
    const life = `life ${i + 1}`
    const { growth, perHour } = trendOf(rss)
    if (growth > NOISE_BYTES && perHour > LEAK_PER_HOUR) {
      faults.push(`${life}: memory grew by ${inMb(growth)} MB, ${inMb(perHour)} MB an hour`)
    }
    if (after.fds > before.fds)
      faults.push(`${life}: ${after.fds} descriptors are open, ${before.fds} were before`)
    if (after.threads > before.threads) {
      faults.push(`${life}: ${after.threads} threads are left, ${before.threads} were before`)
    }
    if (strangers > 0) faults.push(`${life}: ${strangers} processes below it are dead, or not its own`)
    if (operations === 0) faults.push(`${life}: nothing was done`)
  })
  return faults
}

/** One line per life. */
export function tableOf({ lives, counts }: Soak): string {
  const head = [
    ...[
      'life',
      'time',
      'operations',
      'RSS first',
      'RSS last',
      'RSS most',
      'slope',
      'writer most',
      'descriptors',
      'threads',
    ],
    ...['loop p50', 'loop p99', 'loop max', 'status p99', 'ended by'],
  ]
  const rows = lives.map((life, i) => {
    const values = life.rss.map(({ value }) => value)
    return [
      String(i + 1),
      `${Math.round(life.seconds)} s`,
      String(life.operations),
      ...[values[0] ?? 0, values.at(-1) ?? 0, Math.max(0, ...values)].map((bytes) => `${inMb(bytes)} MB`),
      `${inMb(trendOf(life.rss).perHour)} MB/h`,
      `${inMb(life.writerBytes)} MB`,
      `${life.before.fds} > ${life.after.fds}`,
      `${life.before.threads} > ${life.after.threads}`,
      ...[life.loop.p50, life.loop.p99, life.loop.max, life.answers.p99].map((ms) => `${ms.toFixed(1)} ms`),
      life.ending,
    ]
  })
  const done = Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
  return `${aligned([head, ...rows])}\nOperations: ${done}\n`
}

/** Columns of a table, by the width of their longest cell. */
export function aligned(rows: ReadonlyArray<readonly string[]>): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  ')).join('\n')
}

const inMb = (bytes: number): string => (bytes / MB).toFixed(1)
