/** That the tests of the page would notice what they are there to notice. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, findBarriers } from '../../support/browser/accessible.ts'
import { findChromium, launchChromium } from '../../support/browser/chromium.ts'
import { type PageServer, Pages } from '../../support/browser/pages.ts'

const policy = "default-src 'self'"
const good = '<h1>All is well</h1><img src="/dot.svg" alt="A dot">'
const bodies: Record<string, string> = {
  '/good': good,
  '/inline': `${good}<script>document.title = 'changed'</script><p style="color: red">red</p>`,
  '/throws': `${good}<script src="/throws.js"></script>`,
  '/foreign': `${good}<script src="/foreign.js"></script>`,
  '/missing': `${good}<img src="/missing.svg" alt="">`,
  '/barriers': '<h1>Look</h1><img src="/dot.svg"><p class="pale">Who can read this?</p>',
}
const files: Record<string, [type: string, text: string]> = {
  '/dot.svg': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'],
  '/throws.js': ['text/javascript', 'throw new Error("nobody caught this")'],
  '/foreign.js': ['text/javascript', 'fetch("http://127.0.0.1:9/elsewhere").catch(() => undefined)'],
  '/page.css': ['text/css', '.pale { color: #ddd; background: #fff } h1 { color: #000 }'],
}

describe('the browser of the tests', () => {
  let server: Server
  let browser: Browser
  let site: PageServer
  let pages: Pages
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost')
      const body = bodies[pathname]
      const [type, text] = files[pathname] ?? ['text/html', body ?? null]
      response.setHeader('Content-Type', type)
      // What a page asks for elsewhere must be seen, not stopped.
      response.setHeader('Content-Security-Policy', pathname === '/foreign' ? '' : policy)
      response.statusCode = text === null ? 404 : 200
      response.end(
        body === undefined
          ? text
          : `<!doctype html><html lang="en"><title>Test</title><link rel="icon" href="/dot.svg">
              <link rel="stylesheet" href="/page.css"><main>${body}</main></html>`,
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    site = { link: async (path) => `http://127.0.0.1:${port}${path}` }
    browser = await launchChromium()
    pages = new Pages(browser)
  })
  afterAll(async () => {
    await browser?.close()
    server.close()
  })

  it('lets a page pass that does nothing wrong', async () => {
    const page = await pages.open(site, '/good')
    await expectAccessible(page)
    expect(await page.title()).toBe('Test')
    await pages.close()
  })

  it('fails a test for what the policy forbids, for each time', async () => {
    const page = await pages.open(site, '/inline')
    expect(await page.title()).toBe('Test')
    await expect(pages.close()).rejects.toThrow(
      /policy: script-src-elem forbids inline.*policy: style-src-attr forbids inline/s,
    )
  })

  it('fails a test for an error that nobody caught', async () => {
    await pages.open(site, '/throws')
    await expect(pages.close()).rejects.toThrow(/error: Error: nobody caught this/)
  })

  it('fails a test for a request to anything else', async () => {
    await pages.open(site, '/foreign')
    await expect(pages.close()).rejects.toThrow('foreign request: GET http://127.0.0.1:9/elsewhere')
  })

  it('fails a test for what is complained of on the console', async () => {
    await pages.open(site, '/missing')
    await expect(pages.close()).rejects.toThrow(/console: .*404.*missing\.svg/)
  })

  it('leaves out what a test expects, and nothing else', async () => {
    await pages.open(site, '/missing', { expected: [/missing\.svg/] })
    await pages.close()
    await pages.open(site, '/inline', { expected: [/inline style|style-src/] })
    const reason: Error = await pages.close().then(
      () => expect.fail('there was no trouble'),
      (error) => error,
    )
    expect(reason.message).toContain('script-src-elem')
    expect(reason.message).not.toContain('style-src')
  })

  it('tells what axe finds, by rule and place', async () => {
    const page = await pages.open(site, '/barriers')
    const barriers = await findBarriers(page)
    expect(barriers.map((text) => text.split(' ')[0])).toEqual(['color-contrast', 'image-alt'])
    expect(barriers[0]).toContain('\n  p: ')
    await expect(expectAccessible(page)).rejects.toThrow('image-alt')
    await pages.close()
  })

  it('shows a page as a phone, in the dark and without motion', async () => {
    const page = await pages.open(site, '/good', { viewport: 'phone', theme: 'dark', reducedMotion: true })
    const seen = await page.evaluate(() => [
      innerWidth,
      matchMedia('(prefers-color-scheme: dark)').matches,
      matchMedia('(prefers-reduced-motion: reduce)').matches,
    ])
    expect(seen).toEqual([360, true, true])
    await pages.close()
  })
})

describe('findChromium', () => {
  const folders: string[] = []
  const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'smd-path-'))
    folders.push(folder)
    return folder
  }
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })

  it('says which package is missing', () => {
    expect(() => findChromium({ PATH: newFolder() })).toThrow('Install the package chromium')
    expect(() => findChromium({})).toThrow('Install the package chromium')
  })

  it('takes the first program on the path, and no file that cannot be run', () => {
    const [first, second] = [newFolder(), newFolder()]
    writeFileSync(join(first, 'chromium'), '')
    chmodSync(join(first, 'chromium'), 0o644)
    writeFileSync(join(second, 'chromium'), '')
    chmodSync(join(second, 'chromium'), 0o755)
    expect(findChromium({ PATH: `${first}:${second}` })).toBe(join(second, 'chromium'))
  })

  it('takes the one that is named', () => {
    expect(findChromium({ PATH: '', SMD_TEST_CHROMIUM: '/opt/browser' })).toBe('/opt/browser')
  })
})
