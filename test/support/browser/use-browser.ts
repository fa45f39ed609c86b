import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { launchChromium } from './chromium.ts'
import { type PageOptions, type PageServer, Pages } from './pages.ts'

export type TestBrowser = {
  /** A page in a browser that knows nothing yet, signed in by a link of `server`, at this path. */
  openPage(server: PageServer, path: string, options?: PageOptions): Promise<Page>
  /** As `openPage`, before it goes anywhere; all it asks for has to be of `origin`. */
  blankPage(origin: string, options?: PageOptions): Promise<Page>
}

/**
 * A real Chromium for the tests of a file. What a test opened is closed at its end, and the test fails if there was
 * trouble in it: a violation of the content security policy, an error, a request that failed or went elsewhere.
 */
export function useBrowser(): TestBrowser {
  let browser: Browser
  let pages: Pages
  beforeAll(async () => {
    browser = await launchChromium()
  })
  beforeEach(() => {
    pages = new Pages(browser)
  })
  afterEach(() => pages.close())
  // There is none when it could not be started.
  afterAll(() => browser?.close())
  return {
    openPage: (server, path, options) => pages.open(server, path, options),
    blankPage: (origin, options) => pages.blank(origin, options),
  }
}
