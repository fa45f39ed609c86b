import { SmdError } from '../../../../../protocol/errors.ts'

/** Bytes that a name on a common file system may have, less what is put behind it. */
const MAX_BYTES = 240

/** Errors: `collection.bad_name`. Blanks, emoji and letters of any script are fine (formats spec section 3). */
export function checkName(name: string): string {
  const reason = reasonAgainst(name)
  if (reason === null) return name
  throw new SmdError('collection.bad_name', { name, reason })
}

function reasonAgainst(name: string): string | null {
  if (name.trim() === '') return 'it is empty'
  if (/[/\\]/.test(name)) return 'it holds a slash'
  if (name.includes('..')) return 'it holds ".."'
  if (name.startsWith('.')) return 'it begins with a dot'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'it holds a control character'
  if (!name.isWellFormed()) return 'it is no Unicode text'
  return Buffer.byteLength(name) > MAX_BYTES ? `it is longer than ${MAX_BYTES} bytes` : null
}

/** Without one of the extensions that artifacts of a file have. */
export const stemOf = (name: string): string => name.replace(/\.(?:md|txt|json|ya?ml)$/i, '')

/** Equal for names that some file systems cannot tell apart. */
export const foldName = (name: string): string => stemOf(name).normalize('NFC').toLowerCase()
