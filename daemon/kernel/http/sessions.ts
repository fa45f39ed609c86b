/** Browsers that are signed in. */
import { readFileSync } from 'node:fs'
import { atomicWriteFile } from '../fs/atomic-write.ts'
import { digest, isSame, newSecret } from './secrets.ts'

const DAY_MS = 86_400_000
/** Browsers that are signed in at the same time; the one that was away longest goes first. */
const MAX_SESSIONS = 50
/** That it was used is noted this often, ms. */
const NOTE_MS = DAY_MS

type Session = {
  digest: Buffer
  createdAt: number
  /** When it was last noted that it was used. */
  seenAt: number
  end: AbortController
}

/** As it stands in the file. */
type Kept = { sha256: string; createdAt: number; seenAt: number }

export type FoundSession = {
  /** For the log. */
  name: string
  /** Unix ms. */
  expiresAt: number
  ended: AbortSignal
  /** It is good for longer than its browser was told. */
  isPutOff: boolean
}

export type SessionsOptions = {
  /** Where they are kept over a restart, with nothing in it that lets anybody in. */
  file: string
  now(): number
  /** How long one is good after it was last used. */
  days(): number
  onError(error: unknown): void
}

/**
 * Sessions last as long as they are used. The browser has a random word, here is only its digest. What is on the disk
 * is read when somebody first asks.
 */
export class Sessions {
  readonly #options: SessionsOptions
  #list: Session[] | null = null
  /** Writes follow each other. */
  #written: Promise<void> = Promise.resolve()

  constructor(options: SessionsOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#valid().length
  }

  /** Resolves when everything is on the disk, or could not be put there. */
  get settled(): Promise<void> {
    return this.#written
  }

  /** Signs a browser in; the session is on the disk when the word is handed out. */
  async create(): Promise<{ secret: string; expiresAt: number }> {
    const secret = newSecret()
    const now = this.#options.now()
    const session = { digest: digest(secret), createdAt: now, seenAt: now, end: new AbortController() }
    const byUse = this.#valid().toSorted((a, b) => a.seenAt - b.seenAt)
    for (const { end } of byUse.splice(0, byUse.length + 1 - MAX_SESSIONS)) end.abort()
    this.#list = [...byUse, session]
    await this.#save()
    return { secret, expiresAt: this.#endOf(session) }
  }

  /** The session of this word; null when it is nobody's, or not any more. */
  find(secret: string): FoundSession | null {
    const given = digest(secret)
    const session = this.#valid().find((known) => isSame(known.digest, given))
    if (!session) return null
    const now = this.#options.now()
    const isPutOff = now - session.seenAt >= NOTE_MS
    if (isPutOff) {
      session.seenAt = now
      this.#save().catch(this.#options.onError)
    }
    const name = `session ${session.digest.toString('hex').slice(0, 8)}`
    return { name, expiresAt: this.#endOf(session), ended: session.end.signal, isPutOff }
  }

  /** Ends the session of this word, if there is one. */
  async end(secret: string): Promise<void> {
    const given = digest(secret)
    await this.#endThose((known) => isSame(known.digest, given))
  }

  /** How many there were. */
  endAll(): Promise<number> {
    return this.#endThose(() => true)
  }

  async #endThose(isOne: (session: Session) => boolean): Promise<number> {
    const valid = this.#valid()
    const ended = valid.filter(isOne)
    this.#list = valid.filter((session) => !ended.includes(session))
    for (const { end } of ended) end.abort()
    if (ended.length > 0) await this.#save()
    return ended.length
  }

  #endOf({ seenAt }: Session): number {
    return seenAt + this.#options.days() * DAY_MS
  }

  #valid(): Session[] {
    this.#list ??= this.#read()
    const now = this.#options.now()
    return this.#list.filter((session) => now < this.#endOf(session))
  }

  /** What is no session any more, or never was one, is left out: whoever had it signs in again. */
  #read(): Session[] {
    try {
      const { sessions } = JSON.parse(readFileSync(this.#options.file, 'utf8'))
      return (sessions as Kept[]).map(({ sha256, createdAt, seenAt }) => ({
        digest: Buffer.from(sha256, 'hex'),
        createdAt: Number(createdAt),
        seenAt: Number(seenAt),
        end: new AbortController(),
      }))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#options.onError(error)
      return []
    }
  }

  #save(): Promise<void> {
    const save = (): Promise<void> => {
      const sessions: Kept[] = this.#valid().map(({ digest: known, createdAt, seenAt }) => ({
        sha256: known.toString('hex'),
        createdAt,
        seenAt,
      }))
      return atomicWriteFile(this.#options.file, `${JSON.stringify({ sessions })}\n`)
    }
    const saved = this.#written.then(save)
    this.#written = saved.catch(() => undefined)
    return saved
  }
}
