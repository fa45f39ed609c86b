/** Programs of the machine, run to their end: no shell, an environment that was thought about, a bound on everything. */
import { systemTimers, type Timers } from '../timers.ts'

export type RunOptions = {
  cwd: string
  env: NodeJS.ProcessEnv
  timeoutMs: number
  /** Of the standard output; beyond it the run fails. */
  maxBytes: number
  signal: AbortSignal
  /** Written to the standard input. */
  input?: string
  after?: Timers['after']
}

export type RunResult = {
  /** Exit status; null when a signal ended it. */
  status: number | null
  stdout: Buffer
  /** The beginning of it. */
  stderr: string
}

const STDERR_CHARS = 16_384

/** A program that could not be run to its end. */
export class RunError extends Error {
  readonly kind: 'missing' | 'timeout' | 'too_large'

  constructor(kind: RunError['kind'], command: string, cause?: unknown) {
    const what = { missing: 'cannot be started', timeout: 'took too long', too_large: 'wrote too much' }
    super(`${command} ${what[kind]}`, { cause })
    this.name = 'RunError'
    this.kind = kind
  }
}

/**
 * Runs a program with the helpers it starts, all of which end with it. Resolves whatever its exit status.
 * Errors: `RunError`; the reason of the signal.
 */
export async function runProcess(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutMs, maxBytes, signal, input, after = systemTimers.after }: RunOptions,
): Promise<RunResult> {
  signal.throwIfAborted()
  // A group of its own, so that its helpers can be ended, too. Windows has none.
  const detached = process.platform !== 'win32'
  // Looked up when needed: the start of a process would pay for it.
  const { spawn } = process.getBuiltinModule('node:child_process')
  const child = spawn(command, args, { cwd, env, detached, windowsHide: true })
  const kill = (): void => {
    try {
      if (detached && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      else child.kill('SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }
  let failure: unknown = null
  const fail = (error: unknown): void => {
    failure ??= error
    kill()
  }
  const aborted = (): void => fail(signal.reason)
  const cancel = after(timeoutMs, () => fail(new RunError('timeout', command)))
  signal.addEventListener('abort', aborted, { once: true })
  process.once('exit', kill)
  try {
    const chunks: Buffer[] = []
    let size = 0
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) fail(new RunError('too_large', command))
      else chunks.push(chunk)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < STDERR_CHARS) stderr += text.slice(0, STDERR_CHARS)
    })
    // One that ends without reading breaks the pipe, which its exit status tells better.
    child.stdin.on('error', () => undefined).end(input ?? '')
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) => reject(new RunError('missing', command, error)))
      child.once('close', resolve)
    })
    if (failure !== null) throw failure
    return { status, stdout: Buffer.concat(chunks), stderr }
  } finally {
    cancel()
    signal.removeEventListener('abort', aborted)
    process.off('exit', kill)
  }
}
