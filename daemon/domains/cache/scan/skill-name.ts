/** The naming rules of the Agent Skills standard (ecosystem spec 1.2), as its reference validator applies them. */
import { diagnose } from './diagnostics.ts'
import type { Diagnostic } from './types.ts'

const nameLimit = 64
const allowed = /^[\p{L}\p{N}-]+$/u

/** What is wrong with a skill's name; letters of any script count as long as they have no upper case. */
export function checkSkillName(name: string, directory: string): Diagnostic[] {
  const found: Diagnostic[] = []
  const normal = normalName(name)
  const length = codePoints(normal)
  if (length > nameLimit) found.push(diagnose('name.too_long', String(length)))
  const hyphens = normal.startsWith('-') || normal.endsWith('-') || normal.includes('--')
  if (hyphens || normal !== normal.toLowerCase() || !allowed.test(normal)) {
    found.push(diagnose('name.bad_characters', normal))
  }
  if (normal !== directory && normal !== normalName(directory)) {
    found.push(diagnose('name.not_directory', `${normal} in ${directory}`))
  }
  return found
}

/** Trimmed and NFKC; ASCII, the common case, is its own normal form. */
function normalName(name: string): string {
  const trimmed = name.trim()
  return /^[ -~]*$/.test(trimmed) ? trimmed : trimmed.normalize('NFKC')
}

/** Length in code points, which is what the limits of the standard count. */
export function codePoints(text: string): number {
  let pairs = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) pairs++
  }
  return text.length - pairs
}
