/** Who is let in to the page, in a real browser against a real daemon. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from '../../support/browser/accessible.ts'
import { screenshot } from '../../support/browser/screenshot.ts'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

describe('signing in', () => {
  const browser = useBrowser()
  let box: WebBox
  beforeAll(async () => {
    box = createWebBox()
    await box.start()
  })
  afterAll(() => box.dispose())

  /** What the browser itself complains of when it is refused. */
  const refused = [/status of 401/, /WebSocket connection to .* failed/]

  it('opens by the address that smd open prints, and leaves no code behind', async () => {
    const { url } = await box.json('open --print')
    const page = await browser.openPage({ link: async () => `${url}` }, '/')
    await page.getByRole('navigation').getByRole('link', { name: 'Projects' }).click()
    await page.getByRole('grid', { name: 'Projects' }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    expect(page.url()).toBe(`${await box.origin()}/`)
    // What a script could steal, if one got in.
    expect(await page.evaluate(() => document.cookie)).toBe('')
    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))
    expect(stored).not.toContain(new URL(`${url}`).hash.split('=')[1])
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
  })

  it('stays signed in when the page is loaded again, and in another tab', async () => {
    const page = await browser.openPage(box, '/projects')
    await page.getByRole('grid', { name: 'Projects' }).waitFor()
    await page.reload()
    await page.getByRole('grid', { name: 'Projects' }).waitFor()
    const tab = await page.context().newPage()
    await tab.goto(`${await box.origin()}/projects`)
    await tab.getByRole('grid', { name: 'Projects' }).waitFor()
  })

  it('lets nobody in by a link that was used, and says how to get in', async () => {
    const link = await box.link('/projects')
    const again = { link: async () => link }
    const first = await browser.openPage(again, '/projects')
    await first.getByRole('grid', { name: 'Projects' }).waitFor()
    const second = await browser.openPage(again, '/projects', { expected: refused })
    await second.getByRole('heading', { name: 'This browser is not signed in' }).waitFor()
    await second.getByRole('alert').getByText('The link was used already').waitFor()
    await expectAccessible(second)
    await screenshot(second, 'sign-in')
  })

  it('shows nothing to who comes without a link', async () => {
    const page = await browser.blankPage(await box.origin(), { expected: refused })
    await page.goto(`${await box.origin()}/projects`)
    await page.getByRole('heading', { name: 'This browser is not signed in' }).waitFor()
    expect(await page.getByRole('grid').count()).toBe(0)
  })

  it('ends for all browsers with web.signout, and takes the last picture along', async () => {
    const page = await browser.openPage(box, '/projects', { expected: refused })
    await page.getByRole('grid', { name: 'Projects' }).waitFor()
    await page.waitForFunction(() => Object.keys(localStorage).some((name) => name.includes('projects')))
    await box.call('web.signout', {})
    await page.getByRole('heading', { name: 'This browser is not signed in' }).waitFor()
    expect(await page.getByRole('grid').count()).toBe(0)
    await page.waitForFunction(() => !Object.keys(localStorage).some((name) => name.includes('projects')))
    await page.reload()
    await page.getByRole('heading', { name: 'This browser is not signed in' }).waitFor()
  })

  it('signs out from the palette', async () => {
    const page = await browser.openPage(box, '/projects', { expected: refused })
    await page.getByRole('grid', { name: 'Projects' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('sign this browser out')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'This browser is not signed in' }).waitFor()
    await page.goto(`${await box.origin()}/projects`)
    await page.getByRole('heading', { name: 'This browser is not signed in' }).waitFor()
  })
})
