/** Starting processes and taking their time. */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

/** The Node everything is measured on: the one that runs this. */
export const node = process.execPath

const MAX_OUTPUT = 64 * 1024 * 1024

export type Program = { argv: readonly string[]; env: NodeJS.ProcessEnv; cwd: string }

/** Nothing of the caller's shell gets in, so that runs from npm and from a shell are alike. */
export function cleanEnv(home: string, temp: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', HOME: home, TMPDIR: temp, ...more }
}

/** Runs a program to its end. Throws when it fails: a quick failure must not pass for a quick answer. */
export function run({ argv, env, cwd }: Program): { ms: number; stdout: string; extra: string } {
  const [command = '', ...args] = argv
  const start = process.hrtime.bigint()
  const done: SpawnSyncReturns<Buffer> = spawnSync(command, args, {
    env,
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    maxBuffer: MAX_OUTPUT,
  })
  const ms = Number(process.hrtime.bigint() - start) / 1e6
  if (done.error) throw done.error
  if (done.status !== 0) {
    const reason = done.stderr.toString().trim() || done.stdout.toString().trim()
    throw new Error(`${argv.join(' ')} ended with ${done.status ?? done.signal}: ${reason.slice(0, 500)}`)
  }
  return { ms, stdout: done.stdout.toString(), extra: done.output[3]?.toString() ?? '' }
}

/** `argv` on one processor only, where the system can do that. */
export function pinned(cpu: number | null, argv: readonly string[]): readonly string[] {
  return cpu === null || !canPin ? argv : ['taskset', '-c', String(cpu), ...argv]
}

const canPin =
  process.platform === 'linux' &&
  availableParallelism() > 1 &&
  (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, 'taskset')))

/** Two processors to put two processes on, or null where that is not possible. */
export const processors: { first: number; second: number } | null = canPin ? { first: 0, second: 1 } : null

/** Runs a script of the benchmark in a process of its own; it answers with one JSON document. */
export async function ask<Answer>(
  script: string,
  job: unknown,
  { cpu = null, env }: { cpu?: number | null; env: NodeJS.ProcessEnv },
): Promise<Answer> {
  const [command = '', ...args] = pinned(cpu, [node, script, JSON.stringify(job)])
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (status !== 0) throw new Error(`${script} ended with ${status}`)
  return JSON.parse(Buffer.concat(chunks).toString())
}

/** A figure of `/proc/PID/status` (`VmRSS`, `VmHWM`) or `smaps_rollup` (`Pss`), in bytes; null where there is none. */
export function memoryOf(pid: number, name: 'VmRSS' | 'VmHWM' | 'Pss'): number | null {
  const file = name === 'Pss' ? 'smaps_rollup' : 'status'
  return readMemory(readProc(pid, file), name)
}

/** Finds `name:   123 kB` in such a file. */
export function readMemory(text: string | null, name: string): number | null {
  const found = text === null ? null : new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)
  return found ? Number(found[1]) * 1024 : null
}

/**
 * Processor time so far of a process and all it started, those that have ended included, ms; to about a tick (10 ms) for
 * each. Null where it cannot be told.
 */
export function cpuOf(pid: number): number | null {
  const fields = readProc(pid, 'stat')
    ?.replace(/^.*\) /s, '')
    .split(' ')
  if (!fields) return null
  const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0)
  return childrenOf(pid).reduce((sum, child) => sum + (cpuOf(child) ?? 0), ticks * 10)
}

/** Processes that were started by one and have not ended. */
export function childrenOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`)
  const lists = threads.map((thread) => readProc(pid, `task/${thread}/children`) ?? '')
  return lists.join(' ').split(' ').filter(Boolean).map(Number)
}

/** Processor time of one process to the nanosecond, but without threads that ended. */
export function exactCpuOf(pid: number): number | null {
  if (process.platform !== 'linux') return null
  const threads = readdirSync(`/proc/${pid}/task`)
  const times = threads.map((thread) => Number(readProc(pid, `task/${thread}/schedstat`)?.split(' ')[0] ?? 0))
  return times.reduce((sum, ns) => sum + ns, 0) / 1e6
}

function readProc(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return null
  }
}
