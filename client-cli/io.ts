/** The only place that writes to the terminal. Data goes to stdout, remarks to stderr. */

import type { SmdError } from '../protocol/errors.ts'
import type { Column } from './format/table.ts'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

export type Io = {
  /** `--json`: one object on stdout and nothing else. */
  readonly json: boolean
  /** Prints the JSON answer; Unix times in members called `at` or `…At` become ISO 8601 UTC. */
  value(answer: object): void
  /** Prints a line of data. */
  line(text?: string): void
  /** Prints lines of foreign text: as they are into a file or another program, and without controls on a terminal. */
  verbatim(lines: ReadonlyArray<{ text: string; style: Style | null }>): void
  /** Prints rows that fit the terminal. */
  table<Row extends object>(rows: readonly Row[], columns: readonly Column<Row>[]): Promise<void>
  /** Prints a remark; nothing with `--json`. */
  note(text: string): void
  /** Colour, when stdout is a terminal that wants it. */
  paint(style: Style, text: string): string
  /** A bar on stderr for long work; invisible when stderr is no terminal. */
  progress(label: string): Progress
  /** Whether there is somebody who can answer a question. */
  readonly canAsk: boolean
  /** Asks for a line, with no blanks around it; null when nobody can answer, or the input ends. */
  ask(question: string): Promise<string | null>
  /** Asks a yes-or-no question; null when nobody can answer. */
  confirm(question: string): Promise<boolean | null>
  fail(error: SmdError): void
  /** Width of a line; infinite where stdout is no terminal and `COLUMNS` is not set. */
  readonly columns: number
}

export type Progress = { readonly visible: boolean; update(done: number, total: number): void; end(): void }

const CODES: Record<Style, number> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 }

/** `NO_COLOR` forbids colour, `FORCE_COLOR` demands it (no-color.org, force-color.org). */
function wantsColor(env: NodeJS.ProcessEnv, isTty: boolean): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0'
  return isTty && env.TERM !== 'dumb'
}

/** The streams are looked up when they are used: opening all three costs a millisecond of every command. */
export function createIo(
  streams: Pick<NodeJS.Process, 'stdout' | 'stderr' | 'stdin'>,
  { json, env }: { json: boolean; env: NodeJS.ProcessEnv },
): Io {
  let color: boolean | null = null
  const wanted = (): boolean => {
    color ??= wantsColor(env, streams.stdout.isTTY === true)
    return color
  }
  const clean = (text: string): string => withoutControls(text, wanted)
  const paint = (style: Style, text: string): string => {
    return wanted() ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text
  }
  const write = (text: string): void => void streams.stdout.write(text)
  return {
    json,
    get columns() {
      // What goes into a file or another program is whole, unless a width is asked for.
      if (streams.stdout.isTTY) return streams.stdout.columns || 80
      return Number(env.COLUMNS) || Number.POSITIVE_INFINITY
    },
    paint,
    value(answer) {
      write(`${JSON.stringify(withIsoTimes({ schema: 1, ...answer }))}\n`)
    },
    line(text = '') {
      if (!json) write(`${clean(text)}\n`)
    },
    verbatim(lines) {
      if (json || lines.length === 0) return
      const { isTTY } = streams.stdout
      const shown = lines.map(({ text, style }) => {
        const body = isTTY ? withoutControls(text, () => false) : text
        return `${style === null ? body : paint(style, body)}\n`
      })
      write(shown.join(''))
    },
    async table(rows, tableColumns) {
      if (json) return
      const { renderTable } = await import('./format/table.ts')
      write(await renderTable(rows, tableColumns, { width: this.columns, paint }))
    },
    note(text) {
      if (!json) streams.stderr.write(`${clean(text)}\n`)
    },
    progress(label) {
      const { stderr } = streams
      if (json || !stderr.isTTY) return { visible: false, update: () => undefined, end: () => undefined }
      return {
        visible: true,
        update: (done, total) => void stderr.write(`\r\u001b[K${progressLine(label, done, total)}`),
        end: () => void stderr.write('\r\u001b[K'),
      }
    },
    get canAsk() {
      return !json && streams.stdin.isTTY === true && streams.stderr.isTTY === true
    },
    async ask(question) {
      if (!this.canAsk) return null
      const { stdin, stderr } = streams
      const { createInterface } = await import('node:readline/promises')
      const prompt = createInterface({ input: stdin, output: stderr })
      try {
        // Ctrl+D ends the input without an answer.
        const ended = new Promise<null>((resolve) => prompt.once('close', () => resolve(null)))
        const answer = await Promise.race([prompt.question(question), ended])
        return answer?.trim() ?? null
      } finally {
        prompt.close()
      }
    },
    async confirm(question) {
      if (!this.canAsk) return null
      return /^y(es)?$/i.test((await this.ask(`${question} [y/N] `)) ?? '')
    },
    fail(error) {
      if (json) {
        const { slug, message, hint, details } = error
        write(`${JSON.stringify({ schema: 1, error: { slug, message, hint, details } })}\n`)
        return
      }
      streams.stderr.write(`${clean(error.message)}\n${error.hint ? `${clean(error.hint)}\n` : ''}`)
    },
  }
}

/**
 * Names and descriptions are foreign text: what would move the cursor, change the terminal or turn the direction of
 * writing is taken out. Colours stay where there are any, because they are ours.
 */
export function withoutControls(text: string, keepColor: () => boolean): string {
  const controls =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
    /\u001b\[[\d;]*m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
  return text.replace(controls, (found) => (found.length > 1 && keepColor() ? found : ''))
}

const BAR = 24

function progressLine(label: string, done: number, total: number): string {
  if (total === 0) return `${label} …`
  const filled = Math.round((done / total) * BAR)
  return `${label} ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${done}/${total}`
}

/** Turns Unix times into ISO 8601 in place. (A replacer for JSON.stringify takes three times as long.) */
function withIsoTimes<Answer extends object>(answer: Answer): Answer {
  const members = answer as Record<string, unknown>
  for (const key in members) {
    const value = members[key]
    if (typeof value === 'object' && value !== null) withIsoTimes(value)
    else if (typeof value === 'number' && (key === 'at' || key.endsWith('At')))
      members[key] = new Date(value).toISOString()
  }
  return answer
}
