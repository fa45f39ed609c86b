import { isUtf8 } from 'node:buffer'

/** Control characters that texts do not have; tab, line ends, form feed and escape are none of them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const CONTROL = /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/

/**
 * The beginning of a file as text without a byte order mark: UTF-8, UTF-16 with a mark, else Latin-1; null for what is no
 * text. `isCut`: the file goes on, so that the last character may be a part of one.
 */
export function textOf(bytes: Buffer, isCut: boolean): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return wideText(bytes, isCut)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return wideText(Buffer.from(evenPart(bytes)).swap16(), isCut)
  if (bytes.includes(0)) return null
  const whole = isCut ? wholeCharacters(bytes) : bytes
  if (isUtf8(whole)) return whole.toString('utf8').replace(/^\uFEFF/, '')
  const text = bytes.toString('latin1')
  return CONTROL.test(text) ? null : text
}

/** Little-endian UTF-16 with its mark. */
function wideText(bytes: Buffer, isCut: boolean): string | null {
  const text = evenPart(bytes).toString('utf16le').slice(1)
  const whole = isCut ? text.replace(/[\uD800-\uDBFF]$/, '') : text
  return whole.isWellFormed() && !CONTROL.test(whole) ? whole : null
}

const evenPart = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length & ~1)

/** Without what a cut left of the last UTF-8 character. */
function wholeCharacters(bytes: Buffer): Buffer {
  // A character has at most four bytes, the first of them from 0xc0 on.
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number
    if (byte < 0x80) return bytes
    if (byte < 0xc0) continue
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes
  }
  return bytes
}
