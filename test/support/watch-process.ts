/** `smd watch` as a process that goes on, line by line. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { cli, type Sandbox } from './daemon.ts'

/** One line of `smd watch --json`. */
export type WatchLine = {
  schema: 1
  kind: 'snapshot' | 'event' | 'gap' | 'lost'
  instance?: string
  seq?: number
  at?: string
  from?: number
  to?: number | null
  reason?: string
  topic?: string
  data?: Record<string, unknown>
  projects?: number
  artifacts?: number
  error?: { slug: string }
}

export type WatchProcess = {
  child: ChildProcess
  /** Exit code and signal. */
  ended: Promise<unknown[]>
  /** The next line. Throws when there is none any more. */
  next(): Promise<string>
  stderr(): string
  /** The next object for which `wanted` holds. */
  until(wanted: (line: WatchLine) => boolean): Promise<WatchLine>
}

export type WatchOptions = {
  env?: NodeJS.ProcessEnv
  /** Another `smd` than that of the source. */
  program?: string
}

/** Starts it in a sandbox. The caller ends it. */
export function watchProcess(
  box: Sandbox,
  words: readonly string[] = ['--json'],
  { env = box.env, program = cli }: WatchOptions = {},
): WatchProcess {
  const child = spawn(process.execPath, [program, 'watch', ...words], {
    env,
    cwd: box.root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`it ended: ${stderr}`)
    return value
  }
  return {
    child,
    ended: once(child, 'exit'),
    next,
    stderr: () => stderr,
    async until(wanted) {
      for (;;) {
        const line: WatchLine = JSON.parse(await next())
        if (wanted(line)) return line
      }
    },
  }
}
