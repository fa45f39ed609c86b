/** The last two readers of broken frontmatter: values quoted for a second try, and one `key: rest` per line. */

const brokenLine = /^[A-Za-z][\w-]*: +(?:\[[^[\]{}"'#\n]*\] *[^\s#:]|[A-Za-z][^#\n]*: )/m

/**
 * The two mistakes behind nearly all broken frontmatter, found without a parser: text after a closing `]`, and a second
 * `: ` in a plain value. Null means only that it takes a parser to tell.
 */
export function obviousError(block: string): string | null {
  const found = brokenLine.exec(block)
  if (!found) return null
  const line = block.slice(0, found.index).split('\n').length + 1
  return `line ${line}: ${/^[^:]*: +\[/.test(found[0]) ? 'text after the closing ]' : 'a second ": " in an unquoted value'}`
}

/**
 * The block with suspicious values in single quotes: those that hold `: ` or ` #`, or begin with a character YAML
 * reserves. At the top level every plain value is quoted: once the file is known not to be YAML, nothing tells a
 * number from a text. Lines inside block scalars and quoted values stay as they are.
 */
export function quoteSuspiciousValues(block: string): string {
  const lines = block.split('\n')
  const out: string[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string
    const parts = /^( *(?:- +)*)([A-Za-z_][\w.-]*) *:(?: +(.*))?$/.exec(line) ?? /^( *- +)()(.*)$/.exec(line)
    const value = parts?.[3]?.trimEnd() ?? ''
    if (!parts || value === '') {
      out.push(line)
      continue
    }
    const indent = parts[1] ?? ''
    const depth = indentOf(line)
    const prefix = parts[2] ? `${indent}${parts[2]}: ` : indent
    const more = continuation(lines, at + 1, depth)
    if (/^[|>][-+\d]*(?: +#.*)?$/.test(value)) {
      out.push(line, ...lines.slice(at + 1, more.end))
    } else if (isComplete(value) || (/^["'[{]/.test(value) && more.text.length > 0)) {
      out.push(line, ...lines.slice(at + 1, more.end))
    } else {
      const text = stripComment([value, ...more.text].join(' '))
      out.push(prefix + (indent === '' || isSuspicious(text) ? quote(text) : text))
    }
    at = more.end - 1
  }
  return out.join('\n')
}

/** Tabs do not indent in YAML. */
const indentOf = (line: string): number => line.search(/[^ ]|$/)

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Lines below that belong to the value: blank or deeper ones. Trailing blank lines do not. */
function continuation(lines: string[], from: number, depth: number): { end: number; text: string[] } {
  let end = from
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] as string
    if (line.trim() === '') continue
    if (indentOf(line) <= depth) break
    end = at + 1
  }
  return {
    end,
    text: lines
      .slice(from, end)
      .map((l) => l.trim())
      .filter(Boolean),
  }
}

/** A quoted value or flow collection that ends on its line, and so is not the trouble. */
const isComplete = (value: string): boolean =>
  /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\[[^[\]{}]*\]|\{[^[\]{}]*\})(?: +#.*)?$/.test(value)

const isSuspicious = (text: string): boolean => /: | #|:$|^[-?:,[\]{}#&*!|>'"%@`]/.test(text)

/** A comment goes only where the rest is an innocent value; elsewhere ` #` is more likely part of a sentence. */
function stripComment(text: string): string {
  const bare = text.replace(/(?<! ) +#.*$/, '')
  return isSuspicious(bare) ? text : bare
}

/**
 * `key: rest` per line, all values text, the first of equal keys kept. Deeper lines below `|`, `>` or nothing are
 * joined to the value: items of a list by commas, else as lines of text.
 */
export function readLines(block: string): Record<string, unknown> {
  const data: Record<string, unknown> = Object.create(null)
  const lines = block.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const parts = /^([A-Za-z][\w-]{0,63})[ \t]*:[ \t]*(.*)$/.exec(lines[at] as string)
    if (!parts) continue
    const [, key = '', rest = ''] = parts
    const value = /^[|>]?[-+]?$/.test(rest.trim()) ? joinBelow(lines, at + 1) : unquote(rest.trim())
    if (value !== '' && !(key in data)) data[key] = value
  }
  return { ...data }
}

function joinBelow(lines: string[], from: number): string {
  const { text } = continuation(lines, from, 0)
  return text.length > 0 && text.every((line) => line.startsWith('- '))
    ? text.map((line) => unquote(line.slice(2).trim())).join(', ')
    : text.join('\n')
}

const unquote = (text: string): string => /^(["'])(.*)\1$/.exec(text)?.[2] ?? text
