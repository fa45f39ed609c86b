/** What has an update, in a real browser against a real daemon that asks nobody outside of this machine. */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from '../../support/browser/accessible.ts'
import { screenshot } from '../../support/browser/screenshot.ts'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

const table = (page: Page): Locator =>
  page.getByRole('grid', { name: 'Artifacts by how they stand to their source' })
const names = (page: Page): Promise<string[]> => table(page).getByRole('link').allInnerTexts()

describe('what is outdated', () => {
  const browser = useBrowser()
  let box: WebBox
  beforeAll(async () => {
    box = createWebBox({ count: 6, env: { SMD_OFFLINE: 'true' } })
    await box.start()
  })
  afterAll(() => box.dispose())

  it('stands in a table that its address filters, with its number beside it (CACHE-5.3b)', async () => {
    const { items, total } = await box.call('artifacts.outdated', {})
    expect(total).toBeGreaterThan(1)
    const page = await browser.openPage(box, '/outdated')
    await table(page).waitFor()
    expect((await names(page)).sort()).toEqual(items.map(({ name }) => name).sort())
    await page.getByRole('status').getByText(`${total} artifacts`, { exact: true }).waitFor()
    const pressed = page.getByRole('button', { name: `Update available ${total}`, pressed: true })
    expect(await pressed.count()).toBe(1)

    const wanted = items[0]?.name ?? ''
    await page.getByRole('searchbox', { name: 'Filter' }).fill(wanted)
    await expect.poll(async () => new Set(await names(page))).toEqual(new Set([wanted]))
    const { search } = new URL(page.url())
    const other = await browser.openPage(box, `/outdated${search}`)
    await table(other).waitFor()
    expect(new Set(await names(other))).toEqual(new Set([wanted]))
  })

  it.each(['light', 'dark'] as const)(
    'tells versions, reason and what to do in a dialog, by the keyboard alone, in %s (CACHE-5.3a)',
    async (theme) => {
      const page = await browser.openPage(box, '/outdated', { theme })
      await table(page).focus()
      const first = (await names(page))[0] ?? ''
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog', { name: `Update available: ${first}` })
      await dialog.getByText('Installed here').waitFor()
      await dialog.getByText('What to do').waitFor()
      await page.waitForFunction(() => !document.body.innerText.includes('Comparing…'))
      await screenshot(page, `update-dialog-${theme}`)
      await expectAccessible(page)
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      // Whoever opened it by the keyboard goes on where they were.
      expect(await table(page).evaluate((grid) => grid === document.activeElement)).toBe(true)
    },
  )

  it('opens the dialog by the badge, and fits a phone', async () => {
    const page = await browser.openPage(box, '/outdated', { viewport: 'phone' })
    await table(page)
      .getByRole('button', { name: /^(Update available|Diverged): / })
      .first()
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('What to do').waitFor()
    await page.waitForFunction(() => !document.body.innerText.includes('Comparing…'))
    await screenshot(page, 'update-dialog-phone')
    await expectAccessible(page)
    const isWider = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    )
    expect(isWider).toBe(false)
  })

  it('shows what is changed by hand as it happens', async () => {
    const { items } = await box.call('artifacts.outdated', { states: ['outdated'], type: 'skill' })
    const skill = items.find(({ scope }) => scope === 'project')
    if (!skill) throw new Error('the sample has no skill of a project with an update')
    const page = await browser.openPage(box, '/outdated?state=diverged')
    await page.waitForFunction(() => document.querySelector('[data-state="live"]'))
    appendFileSync(join(skill.path, 'SKILL.md'), '\nOne more thing.\n')
    await table(page).locator(`a[href$="/artifacts/${skill.id}"]`).waitFor()
  })

  it('asks the sources when told to, and says what came of it', async () => {
    const page = await browser.openPage(box, '/outdated')
    await page.getByRole('button', { name: 'Check now' }).click()
    await page.getByText(/sources? asked|There is no network|No artifact has a source/).waitFor()
    await page.getByRole('button', { name: 'Check now', disabled: false }).waitFor()
  })
})
