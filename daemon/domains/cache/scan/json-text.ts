/**
 * JSON as people write it into settings files: a byte order mark, comments and trailing commas are forgiven.
 *
 * `JSON.parse` reads what is plain; the parser below takes over only where that fails. It is our own because its error
 * must say line and column without quoting the text: V8's message quotes it, and these files hold secrets.
 */

export type JsonText = { value: unknown } | { error: string }

/** Parses a JSON text leniently. The error names line and column (from 1) and never repeats the file's text. */
export function parseJsonText(text: string): JsonText {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  try {
    return { value: JSON.parse(body) }
  } catch {
    // Comments, trailing commas, or really broken: the slow reader tells
  }
  const reader: Reader = { text: body, at: 0 }
  try {
    skipBlanks(reader)
    if (reader.at >= body.length) return { error: 'the file is empty' }
    const value = readValue(reader, 0)
    skipBlanks(reader)
    if (reader.at < body.length) fail(reader, 'text after the end')
    return { value }
  } catch (error) {
    if (error instanceof JsonError) return { error: error.message }
    throw error
  }
}

type Reader = { text: string; at: number }

class JsonError extends Error {}

const maxDepth = 200

function fail(reader: Reader, what: string): never {
  const before = reader.text.slice(0, reader.at)
  const line = before.split('\n').length
  throw new JsonError(`${what} at line ${line}, column ${reader.at - before.lastIndexOf('\n')}`)
}

function skipBlanks(reader: Reader): void {
  const { text } = reader
  for (;;) {
    const code = text.charCodeAt(reader.at)
    if (code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xfeff || code === 0xa0) reader.at++
    else if (text.startsWith('//', reader.at)) {
      const end = text.indexOf('\n', reader.at)
      reader.at = end < 0 ? text.length : end
    } else if (text.startsWith('/*', reader.at)) {
      const end = text.indexOf('*/', reader.at + 2)
      if (end < 0) fail(reader, 'comment without an end')
      reader.at = end + 2
    } else return
  }
}

function readValue(reader: Reader, depth: number): unknown {
  if (depth > maxDepth) fail(reader, 'nested too deeply')
  const first = reader.text[reader.at]
  if (first === '{') return readObject(reader, depth)
  if (first === '[') return readArray(reader, depth)
  if (first === '"') return readString(reader)
  return readWord(reader)
}

function readObject(reader: Reader, depth: number): Record<string, unknown> {
  const members: Array<[string, unknown]> = []
  reader.at++
  for (;;) {
    skipBlanks(reader)
    if (reader.text[reader.at] === '}') break
    if (reader.text[reader.at] !== '"') fail(reader, 'expected a quoted key or }')
    const key = readString(reader)
    skipBlanks(reader)
    if (reader.text[reader.at] !== ':') fail(reader, 'expected :')
    reader.at++
    skipBlanks(reader)
    members.push([key, readValue(reader, depth + 1)])
    skipBlanks(reader)
    if (reader.text[reader.at] === ',') reader.at++
    else if (reader.text[reader.at] !== '}') fail(reader, 'expected , or }')
  }
  reader.at++
  // Not by assignment: a key named __proto__ must stay a key
  return Object.fromEntries(members)
}

function readArray(reader: Reader, depth: number): unknown[] {
  const items: unknown[] = []
  reader.at++
  for (;;) {
    skipBlanks(reader)
    if (reader.text[reader.at] === ']') break
    items.push(readValue(reader, depth + 1))
    skipBlanks(reader)
    if (reader.text[reader.at] === ',') reader.at++
    else if (reader.text[reader.at] !== ']') fail(reader, 'expected , or ]')
  }
  reader.at++
  return items
}

function readString(reader: Reader): string {
  const { text } = reader
  const start = reader.at
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) at++
    else if (code === 0x0a) break
    else if (code === 0x22) {
      reader.at = at + 1
      try {
        return JSON.parse(text.slice(start, at + 1)) as string
      } catch {
        reader.at = start
        fail(reader, 'bad escape or control character in the string')
      }
    }
  }
  fail(reader, 'string without an end')
}

const wordPattern = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y

function readWord(reader: Reader): unknown {
  wordPattern.lastIndex = reader.at
  const word = wordPattern.exec(reader.text)
  if (!word) fail(reader, reader.at < reader.text.length ? 'expected a value' : 'unexpected end')
  reader.at += word[0].length
  return JSON.parse(word[0])
}
