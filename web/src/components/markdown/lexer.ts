import {
  getDefaults,
  Lexer,
  type MarkedToken,
  type Token,
  Tokenizer,
  type Tokens,
  type TokensList,
} from 'marked'

/** Lists and quotes nested deeper are shown as they were written. */
const MAX_BLOCK_DEPTH = 24
/** The same for emphasis and links within a line. */
const MAX_INLINE_DEPTH = 24
/** A paragraph or cell longer than this many characters is not looked through for emphasis and links. */
const MAX_INLINE_LENGTH = 32_768
/** About two seconds of work where the lexer is quadratic: characters times lines of text without a blank line. */
const MAX_WORK = 5e8
/** What one cell of a table counts as. */
const CELL_WORK = 1000

/** A text that would keep the page busy for too long, so that it is better shown as it was written. */
class TooMuchWork extends Error {}

/** Counts what is quadratic, so that no text, however it was made, stops the page. */
class WorkMeter {
  #left = MAX_WORK

  take(amount: number): void {
    this.#left -= amount
    if (this.#left < 0) throw new TooMuchWork()
  }

  /** Each run of lines is scanned once for each of its lines; items of lists end runs. */
  takeLines(text: string): void {
    for (const run of text.split(/\n[ \t]*(?=\n)|\n(?=[ \t]*(?:[-+*]|\d+[.)])[ \t])/)) {
      this.take(run.length * run.split('\n').length)
    }
  }
}

/**
 * GFM as marked reads it, but for four things: tags are text and change nothing, block elements are paragraphs, notes
 * such as `[^1]: …` stay where they are, and nesting has an end.
 */
class BoundedTokenizer extends Tokenizer {
  readonly #meter: WorkMeter
  #depth = 0

  constructor(meter: WorkMeter) {
    super()
    this.#meter = meter
  }

  override blockquote(src: string): Tokens.Blockquote | undefined {
    const quote = this.rules.block.blockquote.exec(src)
    if (!quote || this.#depth >= MAX_BLOCK_DEPTH) return undefined
    this.#meter.takeLines(quote[0])
    return this.#deeper(() => super.blockquote(src))
  }

  override list(src: string): Tokens.List | undefined {
    if (this.#depth >= MAX_BLOCK_DEPTH) return undefined
    return this.#deeper(() => super.list(src))
  }

  /** GFM leaves out the cells of a row that its head has no column for; here the head gets columns without a title. */
  override table(src: string): Tokens.Table | undefined {
    const table = this.rules.block.table.exec(src)
    if (!table) return undefined
    const [all, header = '', delimiters = '', body = ''] = table
    const rows = body.split('\n')
    const columns = cellsOf(header)
    const most = rows.reduce((count, row) => Math.max(count, cellsOf(row)), columns)
    // Short rows are filled up.
    this.#meter.take(most * rows.length * CELL_WORK)
    if (most === columns || cellsOf(delimiters) !== columns) return super.table(src)
    const wider = [
      withCells(header, ' |', most - columns),
      withCells(delimiters, '-|', most - columns),
      body,
    ].join('\n')
    const token = super.table(wider)
    return token && { ...token, raw: all.replace(/\n+$/, '') }
  }

  /** `<example>` and its kind are part of the text; only comments and the contents of scripts are no Markdown. */
  override html(src: string): Tokens.HTML | undefined {
    return /^ {0,3}<(?:!--|[?]|!\[CDATA|(?:script|style|pre|textarea)\b)/i.test(src)
      ? super.html(src)
      : undefined
  }

  override tag(src: string): Tokens.Tag | undefined {
    const raw = this.rules.inline.tag.exec(src)?.[0]
    if (raw === undefined) return undefined
    return { type: 'html', raw, text: raw, inLink: false, inRawBlock: false, block: false }
  }

  override def(src: string): Tokens.Def | undefined {
    return /^ {0,3}\[\^/.test(src) ? undefined : super.def(src)
  }

  #deeper<T>(read: () => T): T {
    this.#depth++
    try {
      return read()
    } finally {
      this.#depth--
    }
  }
}

const cellsOf = (row: string): number =>
  row
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/).length

function withCells(row: string, cell: string, count: number): string {
  const text = row.trimEnd()
  return `${text}${/(?<!\\)\|$/.test(text) ? '' : '|'}${cell.repeat(count)}`
}

class BoundedLexer extends Lexer {
  readonly #meter: WorkMeter
  #blockDepth = 0
  #inlineDepth = 0

  constructor(meter: WorkMeter) {
    super({ ...getDefaults(), tokenizer: new BoundedTokenizer(meter) })
    this.#meter = meter
  }

  override blockTokens(src: string, tokens: Token[] = [], clipped?: boolean): TokensList {
    if (this.#blockDepth > 0) this.#meter.takeLines(src)
    this.#blockDepth++
    try {
      // It hands back `tokens`, which has links at the top only; nobody reads them elsewhere.
      return super.blockTokens(src, tokens, clipped) as TokensList
    } finally {
      this.#blockDepth--
    }
  }

  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    if (this.#inlineDepth >= MAX_INLINE_DEPTH || src.length > MAX_INLINE_LENGTH) {
      tokens.push({ type: 'escape', raw: src, text: src })
      return tokens
    }
    this.#inlineDepth++
    try {
      return super.inlineTokens(src, tokens)
    } finally {
      this.#inlineDepth--
    }
  }
}

/**
 * The blocks of a Markdown text (GFM, without frontmatter); null when it would take too long to read, as texts do that
 * were made for that. Never throws, whatever the text is.
 */
export function lexMarkdown(text: string): MarkedToken[] | null {
  try {
    const meter = new WorkMeter()
    meter.takeLines(text)
    return new BoundedLexer(meter).lex(text) as MarkedToken[]
  } catch (error) {
    // The lexer gives up, too, where it does not get on or where the stack ends.
    if (error instanceof TooMuchWork || error instanceof RangeError || isLoop(error)) return null
    throw error
  }
}

const isLoop = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('Infinite loop')
