/** Keeps secrets out of the log and of what is made of it (promises P6 and S8). */
import { hidden, redactNamed, redactText, secretWord } from '../secrets/redact.ts'
import type { Fields } from './logger.ts'

/** Longer texts are cut: a log line is for people, and hiding secrets takes time that grows with the text. */
const MAX_TEXT = 4_096
const MAX_DEPTH = 6
const MAX_ITEMS = 50

/** Members whose values are secret whatever they look like. */
const secretName = new RegExp(`${secretWord}|^env(ironment)?$|^headers$`, 'i')
/** Members that hold paths and ids of ours: random words are expected there, and needed to find something. */
const plainNames = new Set([
  'cache',
  'file',
  'folder',
  'instance',
  'method',
  'path',
  'reference',
  'requestId',
  'socket',
])
/** Ids and time stamps of ours look like keys. */
const ours = /(\b(?:prj|art)_[0-9a-f]{16}\b|\b\d{8}T\d{6,9}Z\b)/

/** A message or value of the log with everything hidden that looks like a secret. */
export function redactLogText(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length} characters)` : text
  const parts = short.split(ours)
  return parts.map((part, i) => (i % 2 === 1 ? part : redactText(part))).join('')
}

/** The fields of a log line as plain JSON values, with secrets hidden by name and by look. */
export function redactFields(fields: Fields): Fields {
  return redactMembers(fields, 0)
}

function redactMembers(members: object, depth: number): Fields {
  const redacted: Fields = {}
  for (const [name, value] of Object.entries(members)) redacted[name] = redactMember(name, value, depth)
  return redacted
}

function redactMember(name: string, value: unknown, depth: number): unknown {
  if (secretName.test(name)) return hideAll(value, depth)
  if (typeof value === 'string' && plainNames.has(name)) return redactNamed(value.slice(0, MAX_TEXT))
  return redactValue(value, depth)
}

function redactValue(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return redactLogText(value)
    case 'object':
      return value === null ? null : redactObject(value, depth)
    case 'number':
    case 'boolean':
      return value
    case 'undefined':
      return undefined
    default:
      return redactLogText(String(value))
  }
}

function redactObject(value: object, depth: number): unknown {
  if (depth >= MAX_DEPTH) return '…'
  if (value instanceof Error) return redactLogText(stackOf(value))
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  if (!Array.isArray(value)) return redactMembers(value, depth + 1)
  const items = value.slice(0, MAX_ITEMS).map((item) => redactValue(item, depth + 1))
  return value.length > MAX_ITEMS ? [...items, `… (${value.length} items)`] : items
}

/** The names of what is hidden stay: that a variable is set may be what one looks for. */
function hideAll(value: unknown, depth: number): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value
  if (typeof value !== 'object' || Array.isArray(value) || depth >= MAX_DEPTH) return hidden
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hideAll(inner, depth + 1)]))
}

function stackOf(error: Error): string {
  const own = error.stack ?? `${error.name}: ${error.message}`
  return error.cause instanceof Error ? `${own}\ncaused by ${stackOf(error.cause)}` : own
}
