/** The only place that writes to the terminal. Data goes to stdout, remarks to stderr. */

import type { SmdError } from '../protocol/errors.ts'
import type { Column } from './format/table.ts'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

export type Io = {
  /** `--json`: one object on stdout and nothing else. */
  readonly json: boolean
  /** Prints the JSON answer; Unix times in members called `…At` become ISO 8601 UTC. */
  value(answer: object): void
  /** Prints a line of data. */
  line(text?: string): void
  /** Prints rows that fit the terminal. */
  table<Row extends object>(rows: readonly Row[], columns: readonly Column<Row>[]): Promise<void>
  /** Prints a remark; nothing with `--json`. */
  note(text: string): void
  /** Colour, when stdout is a terminal that wants it. */
  paint(style: Style, text: string): string
  /** A bar on stderr for long work; invisible when stderr is no terminal. */
  progress(label: string): Progress
  /** Asks a yes-or-no question; null when nobody can answer. */
  confirm(question: string): Promise<boolean | null>
  fail(error: SmdError): void
  readonly columns: number
}

export type Progress = { update(done: number, total: number): void; end(): void }

const CODES: Record<Style, number> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 }

/** `NO_COLOR` forbids colour, `FORCE_COLOR` demands it (no-color.org, force-color.org). */
function wantsColor(env: NodeJS.ProcessEnv, isTty: boolean): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0'
  return isTty && env.TERM !== 'dumb'
}

export function createIo(
  { stdout, stderr, stdin }: Pick<NodeJS.Process, 'stdout' | 'stderr' | 'stdin'>,
  { json, env }: { json: boolean; env: NodeJS.ProcessEnv },
): Io {
  const color = wantsColor(env, stdout.isTTY === true)
  const paint = (style: Style, text: string): string =>
    color ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text
  const columns = stdout.isTTY ? stdout.columns || 80 : Number(env.COLUMNS) || 200
  return {
    json,
    columns,
    paint,
    value(answer) {
      stdout.write(`${JSON.stringify({ schema: 1, ...answer }, isoTimes)}\n`)
    },
    line(text = '') {
      if (!json) stdout.write(`${text}\n`)
    },
    async table(rows, tableColumns) {
      if (json) return
      const { renderTable } = await import('./format/table.ts')
      stdout.write(await renderTable(rows, tableColumns, { width: columns, paint }))
    },
    note(text) {
      if (!json) stderr.write(`${text}\n`)
    },
    progress(label) {
      if (json || !stderr.isTTY) return { update: () => undefined, end: () => undefined }
      return {
        update: (done, total) => void stderr.write(`\r\u001b[K${progressLine(label, done, total)}`),
        end: () => void stderr.write('\r\u001b[K'),
      }
    },
    async confirm(question) {
      if (json || !stdin.isTTY || !stderr.isTTY) return null
      const { createInterface } = await import('node:readline/promises')
      const prompt = createInterface({ input: stdin, output: stderr })
      try {
        return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim())
      } finally {
        prompt.close()
      }
    },
    fail(error) {
      if (json) {
        const { slug, message, hint, details } = error
        stdout.write(`${JSON.stringify({ schema: 1, error: { slug, message, hint, details } })}\n`)
        return
      }
      stderr.write(`${error.message}\n${error.hint ? `${error.hint}\n` : ''}`)
    },
  }
}

const BAR = 24

function progressLine(label: string, done: number, total: number): string {
  if (total === 0) return `${label} …`
  const filled = Math.round((done / total) * BAR)
  return `${label} ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${done}/${total}`
}

function isoTimes(key: string, value: unknown): unknown {
  return typeof value === 'number' && key.endsWith('At') ? new Date(value).toISOString() : value
}
