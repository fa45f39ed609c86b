/** Finding artifacts and looking at them, in a real browser against a real daemon. */
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

const artifacts = (page: Page): Locator => page.getByRole('grid', { name: 'Artifacts' })
const rowCount = async (page: Page): Promise<number> =>
  Number(await artifacts(page).getAttribute('aria-rowcount')) - 1

describe('artifacts', () => {
  const browser = useBrowser()
  let box: WebBox
  let folder: string
  beforeAll(async () => {
    box = createWebBox()
    folder = join(box.home, 'code/quail')
    const skill = (name: string, body: string): string =>
      box.write(
        join(folder, '.claude/skills', name, 'SKILL.md'),
        `---\nname: ${name}\ndescription: Counts quails by ear.\n---\n\n${body}\n`,
      )
    skill(
      'quail-count',
      '# Quails\n\nCount **all** of them; see [notes](notes.md).\n\n```sh\nquail --count\n```',
    )
    box.write(join(folder, '.claude/skills/quail-count/notes.md'), '# Notes\n\nThey hide.\n')
    skill(
      'quail-attack',
      [
        '# Attack',
        '<script>window.attacked = "script"</script>',
        '<img src="x" onerror="window.attacked = \'image\'">',
        '<iframe src="https://example.com/"></iframe>',
        '<svg onload="window.attacked = \'svg\'"></svg>',
        '[a link](javascript:window.attacked="link") and [data](data:text/html,<script>1</script>)',
        '![a picture](https://example.com/picture.png)',
        '<style>body { display: none }</style>',
        '<form action="https://example.com/"><input name="x"></form>',
      ].join('\n\n'),
    )
    await box.start()
  })
  afterAll(() => box.dispose())

  it('are searched while somebody types, misspelt words too, and the address says for what', async () => {
    const page = await browser.openPage(box, '/artifacts')
    await artifacts(page).waitFor()
    const all = await rowCount(page)
    await page.getByRole('searchbox', { name: 'Search artifacts' }).pressSequentially('quail')
    await expect.poll(() => rowCount(page)).toBe(2)
    expect(all).toBeGreaterThan(10)
    expect(new URL(page.url()).searchParams.get('q')).toBe('quail')
    await page.getByRole('searchbox', { name: 'Search artifacts' }).fill('quial')
    await artifacts(page).getByRole('link', { name: 'quail-count' }).waitFor()
  })

  it('are filtered by what they are, each choice with how many it shows', async () => {
    const page = await browser.openPage(box, '/artifacts')
    const choice = page.getByRole('group', { name: 'Filters' }).getByRole('button', { name: /^Skills/ })
    await choice.waitFor()
    const told = Number((await choice.innerText()).replaceAll(/\D/g, ''))
    await choice.click()
    await expect.poll(() => rowCount(page)).toBe(told)
    expect(new URL(page.url()).searchParams.get('type')).toBe('skill')
    const other = await browser.openPage(box, `/artifacts${new URL(page.url()).search}`)
    await artifacts(other).waitFor()
    expect(await rowCount(other)).toBe(told)
    await choice.click()
    await expect.poll(() => rowCount(page)).toBeGreaterThan(told)
  })

  it('are selected by mouse and keyboard, and compared in pairs', async () => {
    const page = await browser.openPage(box, '/artifacts?q=quail')
    await artifacts(page).waitFor()
    const bar = page.getByRole('group', { name: 'Selected artifacts' })
    await artifacts(page).getByRole('checkbox', { name: 'Select', exact: true }).first().check()
    await bar.getByText('1 selected').waitFor()
    await artifacts(page).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Space')
    await bar.getByText('2 selected').waitFor()
    await bar.getByRole('button', { name: 'Compare' }).click()
    await page.waitForURL(/tab=compare&with=art_/)
    await page.getByText('Attack').first().waitFor()
  })

  it('are shown with their text, their files and their places', async () => {
    const page = await browser.openPage(box, '/artifacts?q=quail-count')
    await artifacts(page).getByRole('link', { name: 'quail-count' }).click()
    await page.getByRole('heading', { level: 1, name: 'quail-count' }).waitFor()
    await page.getByRole('main').getByText('all', { exact: true }).waitFor()
    await page.getByRole('tab', { name: 'Files' }).click()
    await page.getByText('notes.md').first().click()
    await page.getByText('They hide.').waitFor()
    expect(page.url()).toContain('file=notes.md')
    await page.reload()
    await page.getByText('They hide.').waitFor()
    await page.getByRole('tab', { name: 'Places' }).click()
    await page.getByRole('main').getByText('quail', { exact: true }).first().waitFor()
  })

  it('run nothing of what they contain, load nothing from elsewhere, and lead nowhere by a script', async () => {
    const page = await browser.openPage(box, '/artifacts?q=quail-attack')
    await artifacts(page).getByRole('link', { name: 'quail-attack' }).click()
    await page.getByRole('heading', { name: 'Attack' }).waitFor()
    await page.waitForLoadState('networkidle')
    const main = page.getByRole('main')
    expect(
      await main.locator('script, iframe, style, form, img[src^="http"], [onerror], [onload]').count(),
    ).toBe(0)
    const targets = await main
      .locator('a')
      .evaluateAll((links) => links.map((one) => (one as HTMLAnchorElement).protocol))
    expect(targets.filter((protocol) => !/^https?:$/.test(protocol))).toEqual([])
    await main.getByText('a link').click()
    expect(await page.evaluate(() => 'attacked' in window)).toBe(false)
  })

  it('show a change of their file while somebody looks', async () => {
    const page = await browser.openPage(box, '/artifacts?q=quail-count')
    await artifacts(page).getByRole('link', { name: 'quail-count' }).click()
    await page.getByRole('main').getByText('Counts quails by ear.').first().waitFor()
    await page.waitForFunction(() => document.querySelector('[data-state="live"]'))
    box.write(
      join(folder, '.claude/skills/quail-count/SKILL.md'),
      '---\nname: quail-count\ndescription: Counts them by eye.\n---\n\n# Quails by eye\n',
    )
    await page.getByRole('main').getByText('Counts them by eye.').first().waitFor()
    await page.getByRole('heading', { name: 'Quails by eye' }).waitFor()
  })
})
