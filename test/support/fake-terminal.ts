import { PassThrough } from 'node:stream'

/** Streams that remember what was written, as a terminal or as pipes. */
export type FakeTerminal = {
  /** What `createIo` and `runYargs` take. */
  process: NodeJS.Process
  stdout(): string
  stderr(): string
  /** Types a line at the prompt. */
  type(line: string): void
}

export function fakeTerminal({
  tty = false,
  columns = 80,
  env = {},
}: {
  tty?: boolean
  columns?: number
  env?: NodeJS.ProcessEnv
} = {}): FakeTerminal {
  const texts = { stdout: '', stderr: '' }
  const out = (name: 'stdout' | 'stderr'): PassThrough => {
    const stream = Object.assign(new PassThrough(), { isTTY: tty, columns })
    stream.on('data', (chunk: Buffer) => {
      texts[name] += chunk.toString('utf8')
    })
    return stream
  }
  const stdin = Object.assign(new PassThrough(), { isTTY: tty })
  return {
    process: { stdout: out('stdout'), stderr: out('stderr'), stdin, env } as unknown as NodeJS.Process,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    type: (line) => void stdin.write(`${line}\n`),
  }
}
