/** Pages of one test, each signed in by a link of its own. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type Troubles, watchTroubles } from './troubles.ts'

/** Whatever serves the page: a daemon, or a server of the test's own. */
export type PageServer = {
  /** An address that opens this path, signed in. */
  link(path: string): Promise<string>
}

/** Sizes of windows, in pixels of styles. */
export const viewports = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 360, height: 740 },
  wide: { width: 2560, height: 1440 },
} as const

export type PageOptions = {
  viewport?: keyof typeof viewports
  /** What the system is set to. */
  theme?: 'light' | 'dark'
  reducedMotion?: boolean
  /** Troubles that belong to the test. */
  expected?: readonly RegExp[]
}

type Opened = { context: BrowserContext; troubles: Troubles; expected: readonly RegExp[] }

export class Pages {
  readonly #browser: Browser
  readonly #opened: Opened[] = []

  constructor(browser: Browser) {
    this.#browser = browser
  }

  /** A page in a browser that knows nothing yet: no cookie, nothing stored. */
  async open(server: PageServer, path: string, options: PageOptions = {}): Promise<Page> {
    const link = await server.link(path)
    const page = await this.blank(new URL(link).origin, options)
    await page.goto(link)
    return page
  }

  /** As `open`, before it goes anywhere; all it asks for has to be of `origin`. */
  async blank(
    origin: string,
    { viewport = 'desktop', theme = 'light', reducedMotion = false, expected = [] }: PageOptions = {},
  ): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: viewports[viewport],
      hasTouch: viewport === 'phone',
      colorScheme: theme,
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
      locale: 'en-GB',
      timezoneId: 'UTC',
    })
    this.#opened.push({ context, troubles: await watchTroubles(context, origin), expected })
    return context.newPage()
  }

  /** Closes all of them. Throws when there was trouble that was not expected. */
  async close(): Promise<void> {
    const lines: string[] = []
    for (const { context, troubles, expected } of this.#opened.splice(0)) {
      await troubles.settled()
      await context.close()
      lines.push(...troubles.lines.filter((line) => !expected.some((pattern) => pattern.test(line))))
    }
    if (lines.length > 0) throw new Error(`There was trouble in the page:\n${lines.join('\n')}`)
  }
}
