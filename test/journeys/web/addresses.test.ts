/** What the address of the page says, in a real browser against a real daemon. */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

const projects = (page: Page): Locator => page.getByRole('grid', { name: 'Projects' })
const names = (page: Page): Promise<string[]> => projects(page).getByRole('link').allInnerTexts()

describe('addresses', () => {
  const browser = useBrowser()
  let box: WebBox
  beforeAll(async () => {
    box = createWebBox({ count: 6 })
    await box.start()
  })
  afterAll(() => box.dispose())

  it('hold what is filtered and how it is sorted, for another browser too', async () => {
    const page = await browser.openPage(box, '/projects')
    await projects(page).waitFor()
    const all = await names(page)
    const [wanted = ''] = all.slice(-1)
    await page.getByRole('searchbox', { name: 'Filter projects' }).fill(wanted)
    await expect.poll(() => names(page)).not.toEqual(all)
    await projects(page).getByRole('button', { name: 'Project' }).click()
    const { pathname, search } = new URL(page.url())
    expect(search).toContain('q=')
    const shown = await names(page)
    expect(shown).toContain(wanted)

    const other = await browser.openPage(box, `${pathname}${search}`)
    await projects(other).waitFor()
    expect(await names(other)).toEqual(shown)
    expect(await other.getByRole('searchbox', { name: 'Filter projects' }).inputValue()).toBe(wanted)
    await page.reload()
    await projects(page).waitFor()
    expect(await names(page)).toEqual(shown)
  })

  it('of a view that does not exist say so', async () => {
    const page = await browser.openPage(box, '/nowhere/at/all')
    await page.getByRole('heading', { level: 1, name: 'Nothing here' }).waitFor()
  })

  it('bring back the view and its place with the back button', async () => {
    const page = await browser.openPage(box, '/projects?sort=name&desc=1')
    await projects(page).waitFor()
    const before = await names(page)
    await projects(page).getByRole('link').first().click()
    await page.waitForURL('**/projects/*')
    await page.goBack()
    await projects(page).waitFor()
    expect(await names(page)).toEqual(before)
    expect(new URL(page.url()).search).toBe('?sort=name&desc=1')
  })
})

describe('addresses below a path', () => {
  const browser = useBrowser()
  let box: WebBox
  beforeAll(async () => {
    box = createWebBox({ env: { SMD_WEB_BASE_PATH: '/tools/smd' } })
    await box.start()
  })
  afterAll(() => box.dispose())

  it('work in full: views, what they load, going back, loading again', async () => {
    const link = await box.link('/projects')
    expect(new URL(link).pathname).toBe('/tools/smd/projects')
    const page = await browser.openPage({ link: async () => link }, '/projects')
    await projects(page).waitFor()
    await page.waitForFunction(() => document.querySelector('[data-state="live"]'))
    await page.getByRole('navigation').getByRole('link', { name: 'Health' }).click()
    await page.getByRole('heading', { level: 1, name: 'Health' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/tools/smd/health')
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Health' }).waitFor()
    await page.goBack()
    await projects(page).waitFor()
  })
})
