/** The first view, in a real browser against a real daemon. */
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

const card = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true })
const untilLive = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => document.querySelector('[data-state="live"]'))

describe('the overview', () => {
  const browser = useBrowser()
  let box: WebBox
  beforeAll(async () => {
    box = createWebBox({ count: 4, env: { SMD_OFFLINE: 'true' } })
    await box.start()
  })
  afterAll(() => box.dispose())

  it('has everything on one screen of a small laptop, with the figures of the daemon', async () => {
    const page = await browser.openPage(box, '/')
    const { artifacts, projects } = await box.call('cache.status', {})
    const { items } = await box.call('jobs.list', {})
    const figures = page.getByRole('list', { name: 'Figures' })
    await figures.getByText(artifacts.toLocaleString('en'), { exact: true }).waitFor()
    await figures.getByText(`${projects}`, { exact: true }).waitFor()
    await card(page, 'Activity').getByRole('table').waitFor({ state: 'attached' })
    for (const { name } of items) await card(page, 'Jobs').getByText(name, { exact: true }).waitFor()
    await card(page, 'Heaviest').getByRole('link').nth(5).waitFor()
    await page.waitForFunction(() => !document.querySelector('main [aria-busy="true"]'))
    const { scrollHeight, clientHeight } = await page.getByRole('main').evaluate((main) => ({
      scrollHeight: main.scrollHeight,
      clientHeight: main.clientHeight,
    }))
    expect(scrollHeight).toBeLessThanOrEqual(clientHeight)
  })

  it('leads from a bar to the artifacts that it counts', async () => {
    const page = await browser.openPage(box, '/')
    const { types } = await box.call('artifacts.facets', {})
    const commands = types.find(({ value }) => value === 'command')?.count ?? 0
    expect(commands).toBeGreaterThan(0)
    await card(page, 'By type')
      .getByRole('link', { name: `Commands ${commands.toLocaleString('en')}` })
      .click()
    await page.waitForURL('**/artifacts?type=command')
    await page.getByRole('heading', { level: 1, name: 'Artifacts' }).waitFor()
  })

  it('counts and tells a change as it happens', async () => {
    const folder = box.addProject('code/seen-at-once')
    await box.call('projects.add', { path: folder })
    const page = await browser.openPage(box, '/')
    await untilLive(page)
    const { artifacts } = await box.call('cache.status', {})
    const figure = page.getByRole('list', { name: 'Figures' }).getByRole('link', { name: /Artifacts$/ })
    await figure.getByText(artifacts.toLocaleString('en'), { exact: true }).waitFor()
    box.write(join(folder, '.claude/commands/brand-new.md'), '---\ndescription: New.\n---\n\nDo it.\n')
    await figure.getByText((artifacts + 1).toLocaleString('en'), { exact: true }).waitFor()
    await card(page, 'Recent changes').getByText('added brand-new').waitFor()
  })

  it('goes from view to view by the keyboard, and each has the focus on its heading', async () => {
    const page = await browser.openPage(box, '/')
    await card(page, 'Health').getByRole('link', { name: 'Health' }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/health')
    await page.getByRole('heading', { level: 1, name: 'Health' }).waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('page-title')
  })
})
