/** That the page shows what is so now, in a real browser against a real daemon. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { screenshot } from '../../support/browser/screenshot.ts'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'
import { isAlive } from '../../support/daemon.ts'

const projects = (page: Page): Locator => page.getByRole('grid', { name: 'Projects' })
const row = (page: Page, name: string): Locator =>
  projects(page)
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name, exact: true }) })
/** A column of the row, by its heading. */
async function cell(page: Page, name: string, column: string): Promise<Locator> {
  const headings = await projects(page).getByRole('columnheader').allInnerTexts()
  const at = headings.findIndex((heading) => heading.startsWith(column))
  return row(page, name).getByRole('gridcell').nth(at)
}

describe('the page while things change', () => {
  const browser = useBrowser()
  let box: WebBox
  beforeAll(async () => {
    box = createWebBox()
    await box.start()
  })
  afterAll(() => box.dispose())

  /** The page has its connection: from here on events come. */
  const untilLive = (page: Page): Promise<unknown> =>
    page.waitForFunction(() => document.querySelector('[data-state="live"]'))

  it('shows a file that is added, and one that goes, without being loaded again (CACHE-3.2b)', async () => {
    const folder = box.addProject('code/live-files')
    await box.call('projects.add', { path: folder })
    const page = await browser.openPage(box, '/projects')
    await untilLive(page)
    await page.evaluate(() => Object.assign(window, { notReloaded: true }))
    const count = await cell(page, 'live-files', 'Artifacts')
    const before = Number(await count.innerText())
    const file = box.write(
      join(folder, '.claude/commands/new-one.md'),
      '---\ndescription: New.\n---\n\nDo it.\n',
    )
    await row(page, 'live-files')
      .getByText(String(before + 1), { exact: true })
      .waitFor()
    rmSync(file)
    await row(page, 'live-files').getByText(String(before), { exact: true }).waitFor()
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true)
  })

  it('shows a project that is new, and keeps the focus where it is', async () => {
    const page = await browser.openPage(box, '/projects')
    await untilLive(page)
    await projects(page).focus()
    const folder = box.addProject('code/brand-new')
    await box.call('projects.add', { path: folder })
    await row(page, 'brand-new').waitFor()
    expect(await projects(page).evaluate((grid) => grid === document.activeElement)).toBe(true)
  })

  it('tells that a refresh runs, that it is over, and lets nobody start two (CACHE-3.4a, CACHE-3.4b)', async () => {
    const page = await browser.openPage(box, '/projects')
    await untilLive(page)
    const button = page.getByRole('button', { name: 'Refresh' })
    await button.click()
    await page.getByRole('status').getByText('Syncing projects…').waitFor()
    await page.getByRole('status').getByText('Projects updated').waitFor()
    await page.waitForFunction(() => !document.querySelector('header button[aria-busy="true"]'))
    expect(await button.isEnabled()).toBe(true)
    await projects(page).waitFor()
  })

  it('works for who keeps nothing', async () => {
    const page = await browser.openPage(box, '/projects')
    await projects(page).waitFor()
    await page.evaluate(() => localStorage.clear())
    await page.reload()
    await projects(page).waitFor()
  })
})

describe('the page when its daemon goes', () => {
  const browser = useBrowser()
  let box: WebBox
  beforeEach(async () => {
    // The same port after a restart, as with the default one.
    box = createWebBox()
    await box.start()
    const port = new URL(await box.origin()).port
    await box.smd('stop')
    box.env.SMD_WEB_PORT = port
    await box.start()
  })
  afterEach(() => box.dispose())

  /** What a browser says when nobody listens. */
  const gone = [/ERR_CONNECTION_REFUSED/, /ERR_CONNECTION_RESET/, /ERR_EMPTY_RESPONSE/, /WebSocket/]

  it('keeps the last picture, marked, and takes the new one when there is a daemon again', async () => {
    const page = await browser.openPage(box, '/projects', { expected: gone })
    await page.waitForFunction(() => document.querySelector('[data-state="live"]'))
    const names = await projects(page).getByRole('link').allInnerTexts()
    expect(names.length).toBeGreaterThan(1)

    const pid = box.daemonPid()
    if (pid === null) expect.fail('no daemon runs')
    process.kill(pid, 'SIGKILL')
    await page.getByText('The daemon does not answer; this is the last picture').waitFor()
    await expect.poll(() => isAlive(pid)).toBe(false)
    expect(await projects(page).getByRole('link').allInnerTexts()).toEqual(names)
    await screenshot(page, 'daemon-gone')

    const folder = box.addProject('code/added-meanwhile')
    await box.start()
    await box.call('projects.add', { path: folder })
    await row(page, 'added-meanwhile').waitFor()
    expect(await page.getByText('The daemon does not answer').count()).toBe(0)
  })

  it('shows the picture of the last visit at once, as long as nothing newer is here', async () => {
    const page = await browser.openPage(box, '/projects', { expected: gone })
    await projects(page).waitFor()
    await page.waitForFunction(() => Object.keys(localStorage).some((name) => name.includes('projects.list')))
    // A daemon that serves files and answers nothing else yet, nor along with the page.
    await page.addInitScript(() => {
      const remove = (): void => document.getElementById('first')?.remove()
      new MutationObserver(remove).observe(document, { childList: true, subtree: true })
    })
    await page.route('**/rpc', (route) => route.abort('connectionrefused'))
    await page.routeWebSocket('**/ws', (socket) => socket.close())
    await page.reload()
    await projects(page).getByRole('link').first().waitFor()
    await page.getByText('As of just now').waitFor()
    await page.unroute('**/rpc')
    await page.getByText('As of just now').waitFor({ state: 'detached' })
  })
})
