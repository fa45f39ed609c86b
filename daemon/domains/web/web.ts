import type { Paths } from '../../kernel/config/paths.ts'
import type { SettingsStore } from '../../kernel/config/store.ts'
import { Sessions } from '../../kernel/http/sessions.ts'
import { SignInCodes } from '../../kernel/http/sign-in-codes.ts'
import type { Logger } from '../../kernel/log/logger.ts'

export type WebParts = {
  paths: Pick<Paths, 'webSessionsFile'>
  now(): number
  settings: Pick<SettingsStore, 'current'>
  log: Logger
}

/** What is known of the page while nothing serves it: in the first moments of a daemon, and where there is none. */
export class Web {
  readonly sessions: Sessions
  readonly codes: SignInCodes
  /** Connected pages. */
  connections = 0
  #url: string | null = null
  #problem: string | null = null
  #settle: () => void = () => undefined
  #settled: Promise<void> = Promise.resolve()

  constructor({ paths, now, settings, log }: WebParts) {
    this.codes = new SignInCodes(now)
    this.sessions = new Sessions({
      file: paths.webSessionsFile,
      now,
      days: () => settings.current.web.session_days,
      onError: (error) => log.error('sessions', { error: String((error as Error)?.stack ?? error) }),
    })
    this.#problem = 'only a running daemon serves it'
  }

  /** With its last slash; null while it is not served. */
  get url(): string | null {
    return this.#url
  }

  /** Why it is not served, or not where it should be. */
  get problem(): string | null {
    return this.#problem
  }

  /** Somebody is about to serve it, and says how that went by `served` or `notServed`. */
  expect(): void {
    this.#problem = null
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  served(url: string, problem: string | null): void {
    this.#url = url
    this.#problem = problem
    this.#settle()
  }

  notServed(reason: string): void {
    this.#url = null
    this.#problem = reason
    this.#settle()
  }

  /** Resolves when it is known whether the page is served. */
  get settled(): Promise<void> {
    return this.#settled
  }
}
