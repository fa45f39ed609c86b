/** What can be changed from the page, in a real browser against a real daemon. */
import { readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

describe('settings and jobs', () => {
  const browser = useBrowser()
  let box: WebBox
  beforeAll(async () => {
    box = createWebBox({ env: { SMD_DISCOVERY_MAX_DEPTH: '5' } })
    await box.start()
  })
  afterAll(() => box.dispose())

  const setting = (page: Page, key: string): Locator =>
    page
      .getByRole('main')
      .locator('div')
      .filter({ has: page.getByRole('heading', { level: 3, name: key }) })
      .last()

  it('are kept in config.toml, refused when they are wrong, and shown when a terminal changed them', async () => {
    const page = await browser.openPage(box, '/settings?q=cache.ttl_minutes')
    const field = page
      .getByRole('main')
      .getByRole('spinbutton')
      .or(page.getByRole('main').getByRole('textbox'))
      .first()
    await field.waitFor()
    await field.fill('0')
    await field.press('Enter')
    await page.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor()
    await field.fill('90')
    await field.press('Enter')
    await expect.poll(() => readFileSync(box.paths.configFile, 'utf8')).toContain('ttl_minutes = 90')
    await setting(page, 'cache.ttl_minutes').getByText('Changed').waitFor()
    await box.smd('config set cache.ttl_minutes 120')
    await field.blur()
    await expect.poll(() => field.inputValue()).toBe('120')
  })

  it('that the environment decides are locked, and say by which variable', async () => {
    const page = await browser.openPage(box, '/settings?q=discovery.max_depth')
    await page.getByText('SMD_DISCOVERY_MAX_DEPTH').waitFor()
    const fields = page
      .getByRole('main')
      .getByRole('spinbutton')
      .or(page.getByRole('main').getByRole('textbox'))
    expect(await fields.first().isEditable()).toBe(false)
  })

  it('run when somebody says so, pause and resume', async () => {
    const page = await browser.openPage(box, '/jobs')
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^maintenance/ }) })
    await row.getByRole('button', { name: 'Run now: maintenance' }).click()
    await expect
      .poll(async () =>
        (await box.call('jobs.history', { job: 'maintenance' })).items.map(({ outcome }) => outcome),
      )
      .toContain('success')
    await row.getByRole('button', { name: 'Pause maintenance' }).click()
    await row.getByText('Paused').waitFor()
    await row.getByRole('button', { name: 'Resume maintenance' }).click()
    await row.getByText('Paused').waitFor({ state: 'detached' })
  })
})
