/** tokens.json: who may use the daemon over HTTP. Written by the daemon, and read again when somebody has edited it. */
import { readFileSync, statSync } from 'node:fs'
import { type AccessScope, accessScopes } from '../../../protocol/vocabulary.ts'

/** A token as it is kept. The text itself is nowhere; times are ISO 8601, so that people can read and edit them. */
export type KeptToken = {
  /** The first characters of the text. */
  id: string
  name: string
  scope: AccessScope
  /** Of the whole text, 64 hex digits. */
  sha256: string
  created: string
  /** Null without an end. */
  expires: string | null
  /** A day, such as `2026-01-31`; null when it never was. */
  last_used: string | null
}

export type TokenFile = {
  tokens: KeptToken[]
  /** What stands among the tokens and is none: kept, so that an edit that went wrong loses nothing. */
  others: unknown[]
  /** The file as a whole cannot be read or understood: nobody is let in, and it must not be replaced. */
  isDamaged: boolean
}

/** Which content a file has, as far as its name card tells; null when there is no file. */
export function stampOf(file: string): string | null {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false })
  return found ? `${found.ino} ${found.size} ${found.mtimeNs}` : null
}

/** A file that is not there has no tokens. */
export function readTokenFile(file: string): TokenFile {
  try {
    return parseTokens(readFileSync(file, 'utf8'))
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return { tokens: [], others: [], isDamaged: !isAbsent }
  }
}

function parseTokens(text: string): TokenFile {
  const entries = entriesOf(text)
  if (!entries) return { tokens: [], others: [], isDamaged: true }
  return {
    tokens: entries.filter(isToken),
    others: entries.filter((entry) => !isToken(entry)),
    isDamaged: false,
  }
}

export function tokenText({ tokens, others }: Pick<TokenFile, 'tokens' | 'others'>): string {
  return `${JSON.stringify({ schema: 1, tokens: [...tokens, ...others] }, null, 2)}\n`
}

function entriesOf(text: string): unknown[] | null {
  try {
    const { tokens } = JSON.parse(text) as { tokens?: unknown }
    return Array.isArray(tokens) ? tokens : null
  } catch {
    return null
  }
}

function isToken(entry: unknown): entry is KeptToken {
  if (typeof entry !== 'object' || entry === null) return false
  const { id, name, scope, sha256, created, expires, last_used } = entry as Partial<
    Record<keyof KeptToken, unknown>
  >
  return (
    typeof id === 'string' &&
    typeof name === 'string' &&
    accessScopes.includes(scope as AccessScope) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    isTime(created) &&
    (expires === null || isTime(expires)) &&
    (last_used === null || isTime(last_used))
  )
}

const isTime = (value: unknown): value is string =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value))
