/** What the daemon does, how it is and how it is set, in a real browser against a real daemon. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from '../../support/browser/accessible.ts'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

const untilLive = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => document.querySelector('[data-state="live"]'))

describe('jobs, health and settings', () => {
  const browser = useBrowser()
  let box: WebBox
  beforeAll(async () => {
    box = createWebBox({ env: { SMD_OFFLINE: 'true' } })
    await box.start()
  })
  afterAll(() => box.dispose())

  const config = (): string => readFileSync(box.paths.configFile, 'utf8')

  it('runs a job, and shows the run with what it told', async () => {
    const page = await browser.openPage(box, '/jobs')
    await page.getByRole('button', { name: 'Run now: discover' }).click()
    const run = page.getByRole('table', { name: 'Runs' }).getByRole('row').filter({ hasText: 'discover' })
    await run.getByText('Success').first().waitFor()
    await run.getByText('By hand').first().waitFor()
  })

  it('pauses a job for good, and follows who resumes it in a terminal', async () => {
    const page = await browser.openPage(box, '/jobs')
    await untilLive(page)
    await page.getByRole('button', { name: 'Pause backup' }).click()
    const resume = page.getByRole('button', { name: 'Resume backup' })
    await resume.waitFor()
    await expect.poll(config).toContain('paused = ["backup"]')
    const { code } = await box.smd('jobs resume backup')
    expect(code).toBe(0)
    await page.getByRole('button', { name: 'Pause backup' }).waitFor()
  })

  it('shows lines of the log as they are written, by level and request', async () => {
    const page = await browser.openPage(box, '/jobs?view=log')
    await untilLive(page)
    const log = page.getByRole('grid', { name: 'Log, newest first' })
    await page.getByText(/lines, following$/).waitFor()
    await box.call('jobs.run', { name: 'maintenance' })
    await log.getByText('job=maintenance').first().waitFor()
    await log.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.getByRole('combobox', { name: 'Least level' }).selectOption('error')
    await expect.poll(() => log.getByText('job=maintenance').count()).toBe(0)
    expect(new URL(page.url()).search).toBe('?view=log&level=error')
  })

  it('shows a warning with its fix for as long as it holds', async () => {
    const page = await browser.openPage(box, '/health')
    await untilLive(page)
    await page.getByText('The daemon warns of nothing.').waitFor()
    const before = config()
    writeFileSync(box.paths.configFile, `${before}\n[cache]\nttl_minuets = 5\n`)
    const warning = page.getByRole('list', { name: 'Warnings' }).getByRole('listitem')
    await warning.getByText('Settings without effect').waitFor()
    await warning.getByText('What to do:').waitFor()
    await expectAccessible(page)
    writeFileSync(box.paths.configFile, before)
    await page.getByText('The daemon warns of nothing.').waitFor()
  })

  it('checks the file of the cache', async () => {
    const page = await browser.openPage(box, '/health')
    await page.getByRole('button', { name: 'Check the file' }).click()
    await page.getByText('Every page of the cache is in order.').waitFor()
  })

  it('writes a setting to config.toml, and says at the field what is wrong with a value', async () => {
    const page = await browser.openPage(box, '/settings?q=ttl')
    const field = page.getByRole('textbox', { name: /cache\.ttl_minutes/ })
    await field.fill('soon')
    await field.press('Enter')
    await page.getByText('cache.ttl_minutes is "soon", expected a whole number from 1 to 525600').waitFor()
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    await expectAccessible(page)
    await field.fill('90')
    await field.press('Enter')
    await page.getByText('cache.ttl_minutes is saved').waitFor()
    expect(config()).toContain('ttl_minutes = 90')
    await page.getByRole('button', { name: 'Reset cache.ttl_minutes' }).click()
    await expect.poll(() => field.inputValue()).toBe('360')
    expect(config()).not.toContain('ttl_minutes = 90')
  })

  it('follows what is set in a terminal, and locks what the environment decides', async () => {
    const page = await browser.openPage(box, '/settings')
    const port = page.getByRole('textbox', { name: /web\.port/ })
    await port.waitFor()
    expect(await port.isDisabled()).toBe(true)
    await page.getByText('SMD_WEB_PORT').waitFor()
    const { code } = await box.smd('config set cache.ttl_minutes 45')
    expect(code).toBe(0)
    const field = page.getByRole('textbox', { name: /cache\.ttl_minutes/ })
    await expect.poll(() => field.inputValue(), { timeout: 30_000 }).toBe('45')
  })
})
