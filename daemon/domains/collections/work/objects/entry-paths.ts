/**
 * Paths of entries are texts, names on the disk may be any bytes: a byte that is no part of UTF-8 stands as the lone
 * surrogate U+DC80 to U+DCFF, as Python's `surrogateescape` does it. No name in UTF-8 can hold one, so nothing is lost.
 */
import { join } from 'node:path'

/** A path for system calls: bytes where a name on it is not UTF-8. */
export type SystemPath = string | Buffer

const lone = /[\udc80-\udcff]/
const slash = Buffer.from('/')

/** The name as text. */
export function decodeName(name: Buffer): string {
  const text = name.toString('utf8')
  if (!text.includes('\ufffd') || Buffer.from(text).equals(name)) return text
  let decoded = ''
  for (let at = 0; at < name.length; ) {
    const length = sequenceLength(name, at)
    decoded +=
      length === 0
        ? String.fromCharCode(0xdc00 + (name[at] as number))
        : name.toString('utf8', at, at + length)
    at += Math.max(length, 1)
  }
  return decoded
}

/** Bytes of the UTF-8 sequence that begins at `at`; 0 when there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] as number
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  const part = bytes.subarray(at, at + length)
  return part.length === length && Buffer.from(part.toString('utf8')).equals(part) ? length : 0
}

/** The path of an entry below a folder; the folder's own path where the entry is the whole artifact. */
export function systemPath(folder: SystemPath, path: string): SystemPath {
  if (path === '') return folder
  if (typeof folder === 'string' && !hasLoneUnits(path)) return join(folder, path)
  return Buffer.concat([Buffer.from(folder as string), slash, encodePath(path)])
}

/** The path as the bytes it stands for. */
export function encodePath(path: string): Buffer {
  if (!hasLoneUnits(path)) return Buffer.from(path)
  const parts = [...path].map((unit) =>
    isLone(unit) ? Buffer.from([unit.charCodeAt(0) - 0xdc00]) : Buffer.from(unit),
  )
  return Buffer.concat(parts)
}

/**
 * The path as people see it and as it counts in H1. A name that is not UTF-8 shows every byte beyond ASCII as `\xNN`, as
 * the scanner has it.
 */
export function shownPath(path: string): string {
  if (!hasLoneUnits(path)) return path
  return path
    .split('/')
    .map((name) => (hasLoneUnits(name) ? escapeBytes(encodePath(name)) : name))
    .join('/')
}

function escapeBytes(bytes: Buffer): string {
  let shown = ''
  for (const byte of bytes) shown += byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`
  return shown
}

/** A path that stays where it is joined to: no empty part, no `.` or `..`, no NUL. Empty: the artifact itself. */
export const isEntryPath = (path: unknown): path is string =>
  path === '' ||
  (typeof path === 'string' &&
    !path.includes('\0') &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'))

const isLone = (unit: string): boolean => unit.length === 1 && lone.test(unit)
/** A pair holds a unit of the same range, hence the look at whole characters. */
const hasLoneUnits = (text: string): boolean => lone.test(text) && !text.isWellFormed()
