/** What must not happen in a page, whatever a test is about. */
import type { BrowserContext, Page } from 'playwright-core'

/** Collects from all pages of a context, and tells each trouble as one line. */
export type Troubles = {
  lines: string[]
  /** Resolves when all that happened so far in its open pages has been told. */
  settled(): Promise<void>
}

/**
 * Watches what violates the content security policy, errors nobody caught, what is complained of on the console,
 * requests that failed, and requests to anything but `origin`. To be called before the first page is opened.
 */
export async function watchTroubles(context: BrowserContext, origin: string): Promise<Troubles> {
  const lines: string[] = []
  await context.exposeBinding('smdTestViolation', (_source, text: string) => lines.push(`policy: ${text}`))
  await context.addInitScript(() => {
    const tell = (globalThis as unknown as { smdTestViolation(text: string): void }).smdTestViolation
    addEventListener(
      'securitypolicyviolation',
      ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) =>
        tell(`${effectiveDirective} forbids ${blockedURI} (${sourceFile || 'the page'}:${lineNumber})`),
    )
  })
  context.on('weberror', (error) => lines.push(`error: ${error.error().stack ?? error.error().message}`))
  context.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    lines.push(`console: ${message.text()} (${message.location().url})`)
  })
  context.on('request', (request) => {
    if (!isOf(origin, request.url())) lines.push(`foreign request: ${request.method()} ${request.url()}`)
  })
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'failed'
    // The page went, or gave it up itself.
    if (reason === 'net::ERR_ABORTED') return
    lines.push(`request: ${request.method()} ${request.url()} ${reason}`)
  })
  context.on('page', (page) =>
    page.on('websocket', (socket) => {
      if (!isOf(origin, socket.url())) lines.push(`foreign request: WebSocket ${socket.url()}`)
    }),
  )
  return {
    lines,
    async settled() {
      await Promise.all(context.pages().map(flush))
    },
  }
}

/** What the browser tells comes in order, so all of it is there when it has answered. */
async function flush(page: Page): Promise<void> {
  if (!page.isClosed()) await page.evaluate(() => undefined)
}

/** Whether an address leads to `origin`, over HTTP or a WebSocket; what needs no network does, too. */
export function isOf(origin: string, address: string): boolean {
  const { protocol, host } = new URL(address)
  return !/^(https?|wss?):$/.test(protocol) || host === new URL(origin).host
}
