import { dirname } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import type { AccessScope } from '../../../protocol/vocabulary.ts'
import { atomicWriteFile } from '../../kernel/fs/atomic-write.ts'
import { makeFolderDurably } from '../../kernel/fs/durable.ts'
import type { Logger } from '../../kernel/log/logger.ts'
import { type KeptToken, readTokenFile, stampOf, type TokenFile, tokenText } from './token-file.ts'

/** Before the random part, so that people and scanners for secrets know what it is. */
const PREFIX = 'smd_'
const RANDOM_BYTES = 32
/** Characters of the text by which a token is named; 220 of its bits are not in them. */
const ID_LENGTH = PREFIX.length + 6
const DAY_MS = 86_400_000

/** A token that lets somebody in now. */
export type ValidToken = {
  id: string
  name: string
  scope: AccessScope
  /** Unix ms; null without an end. */
  expiresAt: number | null
  /** Aborted when it is revoked, also by an edit of the file. */
  ended: AbortSignal
}

/**
 * Access tokens. What is asked for at each request is in memory; the file is looked at for an edit, and read again only
 * then. Changes are on the disk before they are answered, one after the other.
 */
export class TokenStore {
  readonly #file: string
  readonly #now: () => number
  readonly #log: Logger
  #content: TokenFile = { tokens: [], others: [], isDamaged: false }
  /** Of the file as it was read; undefined before. */
  #stamp: string | null | undefined
  /** By hash and scope: ends what was opened with a token. */
  readonly #endings = new Map<string, AbortController>()
  #changes: Promise<unknown> = Promise.resolve()

  constructor(file: string, { now, log }: { now(): number; log: Logger }) {
    this.#file = file
    this.#now = now
    this.#log = log
  }

  /** Newest first, those that have expired too. Errors: `token.file_damaged`. */
  list(): readonly KeptToken[] {
    this.#look()
    this.#checkReadable()
    return this.#content.tokens.toSorted((a, b) => Date.parse(b.created) - Date.parse(a.created))
  }

  /** Makes a token; its text is in the answer and nowhere else. Errors: `token.exists`; those of writing. */
  create(name: string, scope: AccessScope, days: number): Promise<{ token: string; kept: KeptToken }> {
    return this.#change(({ tokens, others }) => {
      const now = this.#now()
      const same = tokens.find((other) => other.name === name)
      if (same && !isOver(same, now)) throw new SmdError('token.exists', { name })
      const crypto = process.getBuiltinModule('node:crypto')
      const token = PREFIX + crypto.randomBytes(RANDOM_BYTES).toString('base64url')
      const kept: KeptToken = {
        id: token.slice(0, ID_LENGTH),
        name,
        scope,
        sha256: hashOf(token).toString('hex'),
        created: new Date(now).toISOString(),
        expires: days === 0 ? null : new Date(now + days * DAY_MS).toISOString(),
        last_used: null,
      }
      const left = tokens.filter((other) => other !== same)
      return { content: { tokens: [...left, kept], others }, answer: { token, kept } }
    })
  }

  /** Ends a token, by id or name. Errors: `token.not_found`; those of writing. */
  revoke(which: string): Promise<KeptToken> {
    return this.#change(({ tokens, others }) => {
      const found = tokens.find(({ id }) => id === which) ?? tokens.find(({ name }) => name === which)
      if (!found) throw new SmdError('token.not_found', { token: which })
      return { content: { tokens: tokens.filter((other) => other !== found), others }, answer: found }
    })
  }

  /** The token with this text, if it lets anybody in; notes the day. */
  find(text: string): ValidToken | null {
    this.#look()
    const hash = hashOf(text)
    const now = this.#now()
    const { timingSafeEqual } = process.getBuiltinModule('node:crypto')
    const found = this.#content.tokens.find(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), hash))
    if (!found || isOver(found, now)) return null
    this.#noteUse(found, new Date(now).toISOString().slice(0, 10))
    const { id, name, scope, expires } = found
    return {
      id,
      name,
      scope,
      expiresAt: expires === null ? null : Date.parse(expires),
      ended: this.#endingOf(keyOf(found)),
    }
  }

  /** Resolves when every change so far is on the disk. */
  async settled(): Promise<void> {
    await this.#changes
  }

  #endingOf(key: string): AbortSignal {
    const known = this.#endings.get(key) ?? new AbortController()
    this.#endings.set(key, known)
    return known.signal
  }

  /** Once a day; it may get lost, so nobody waits for it. */
  #noteUse({ sha256, last_used }: KeptToken, day: string): void {
    if (last_used === day) return
    const used = (token: KeptToken): KeptToken =>
      token.sha256 === sha256 ? { ...token, last_used: day } : token
    // Before it is written, so that the next request does not write it once more.
    this.#content.tokens = this.#content.tokens.map(used)
    this.#change(({ tokens, others }) => ({
      content: { tokens: tokens.map(used), others },
      answer: null,
    })).catch((error) => this.#log.warn('the use of a token was not noted', { error: String(error) }))
  }

  #change<Answer>(
    change: (content: TokenFile) => { content: Pick<TokenFile, 'tokens' | 'others'>; answer: Answer },
  ): Promise<Answer> {
    const work = async (): Promise<Answer> => {
      this.#look()
      this.#checkReadable()
      const { content, answer } = change(this.#content)
      await makeFolderDurably(dirname(this.#file))
      await atomicWriteFile(this.#file, tokenText(content))
      this.#look()
      return answer
    }
    const done = this.#changes.then(work)
    this.#changes = done.catch(() => undefined)
    return done
  }

  #checkReadable(): void {
    if (this.#content.isDamaged) throw new SmdError('token.file_damaged', { path: this.#file })
  }

  /** Reads the file when it is another one than it was, and ends what tokens had opened that are gone. */
  #look(): void {
    const stamp = stampOf(this.#file)
    if (stamp === this.#stamp) return
    this.#stamp = stamp
    this.#content = readTokenFile(this.#file)
    if (this.#content.isDamaged) this.#log.warn('nobody is let in by a token', { file: this.#file })
    const valid = new Set(this.#content.tokens.map(keyOf))
    for (const [key, ending] of this.#endings) {
      if (valid.has(key)) continue
      this.#endings.delete(key)
      ending.abort()
    }
  }
}

const keyOf = ({ sha256, scope }: KeptToken): string => `${sha256} ${scope}`

const isOver = ({ expires }: KeptToken, now: number): boolean =>
  expires !== null && Date.parse(expires) <= now

const hashOf = (text: string): Buffer =>
  process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest()
