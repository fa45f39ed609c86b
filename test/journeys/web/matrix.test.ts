/** Artifacts by place, in a real browser against a real daemon. */
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from '../../support/browser/accessible.ts'
import { screenshot } from '../../support/browser/screenshot.ts'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Artifacts by place' })
const command = (text: string): string => `---\ndescription: Says hello.\n---\n\n${text}\n`

describe('the matrix', () => {
  const browser = useBrowser()
  let box: WebBox
  beforeAll(async () => {
    box = createWebBox({ count: 3, env: { SMD_OFFLINE: 'true' } })
    // Two places agree and one does not.
    for (const [project, text] of [
      ['code/one', 'Hello.'],
      ['code/two', 'Hello.'],
      ['code/three', 'Good bye.'],
    ] as const)
      box.write(join(project, '.claude/commands/say-hello.md'), command(text))
    await box.start()
    for (const project of ['code/one', 'code/two', 'code/three'])
      await box.call('projects.add', { path: join(box.home, project) })
  })
  afterAll(() => box.dispose())

  it('has a line for each artifact and a column for each place', async () => {
    const { rows, columns } = await box.call('artifacts.matrix', {})
    const page = await browser.openPage(box, '/matrix')
    await grid(page).waitFor()
    expect(Number(await grid(page).getAttribute('aria-rowcount'))).toBe(rows.length + 1)
    expect(Number(await grid(page).getAttribute('aria-colcount'))).toBe(columns.length + 1)
    await page.getByText(`${rows.length} artifacts in ${columns.length} places`).waitFor()
  })

  it.each(['light', 'dark'] as const)(
    'says which copy differs, and compares it with the majority, by the keyboard alone, in %s',
    async (theme) => {
      const page = await browser.openPage(box, '/matrix?q=say-hello&differ=1', { theme })
      await grid(page)
        .getByRole('img', { name: /^say-hello in three: .*content B$/ })
        .waitFor()
      for (const place of ['one', 'two'])
        await grid(page)
          .getByRole('img', { name: new RegExp(`^say-hello in ${place}: .*content A$`) })
          .waitFor()
      await grid(page).focus()
      // Columns are in the order of names.
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog', { name: 'say-hello in three' })
      await dialog.getByText('B: 1 place of 3').waitFor()
      await dialog.getByRole('button', { name: 'Compare with the majority' }).focus()
      await page.keyboard.press('Enter')
      for (const line of [/Good bye\./, /Hello\./]) await dialog.getByRole('row', { name: line }).waitFor()
      await screenshot(page, `matrix-dialog-${theme}`)
      await expectAccessible(page)
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      expect(await grid(page).evaluate((element) => element === document.activeElement)).toBe(true)
    },
  )

  it('keeps its filters in the address, for another browser too', async () => {
    const page = await browser.openPage(box, '/matrix')
    await grid(page).waitFor()
    await page.getByRole('combobox', { name: 'Places' }).selectOption('3')
    await page.getByRole('combobox', { name: 'Type' }).selectOption('command')
    await page.getByRole('button', { name: 'Differing' }).click()
    await grid(page).getByRole('link', { name: 'say-hello' }).waitFor()
    const { pathname, search } = new URL(page.url())
    expect(search).toBe('?min=3&type=command&differ=1')
    const rows = await grid(page).getAttribute('aria-rowcount')
    const other = await browser.openPage(box, pathname + search)
    await grid(other).getByRole('link', { name: 'say-hello' }).waitFor()
    expect(await grid(other).getAttribute('aria-rowcount')).toBe(rows)
  })

  it('shows a copy that is new as it happens, without losing the focus', async () => {
    const page = await browser.openPage(box, '/matrix?q=say-good-night')
    await page.waitForFunction(() => document.querySelector('[data-state="live"]'))
    const search = page.getByRole('searchbox', { name: 'Filter artifacts' })
    await search.focus()
    box.write('code/one/.claude/commands/say-good-night.md', command('Good night.'))
    await grid(page).getByRole('img', { name: 'say-good-night in one: Untracked' }).waitFor()
    expect(await search.evaluate((element) => element === document.activeElement)).toBe(true)
  })
})
