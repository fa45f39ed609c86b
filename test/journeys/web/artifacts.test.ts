/** Looking for artifacts and at one of them, in a real browser against a real daemon. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from '../../support/browser/accessible.ts'
import { screenshot } from '../../support/browser/screenshot.ts'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

const skill = (name: string, text: string): string =>
  `---\nname: ${name}\ndescription: Looks at ${name}.\nlicense: MIT\n---\n\n# About ${name}\n\n${text}\n`

describe('the artifacts of the page', () => {
  const browser = useBrowser()
  let box: WebBox
  let folder: string
  beforeAll(async () => {
    box = createWebBox({ count: 3 })
    folder = box.addProject('code/observatory')
    for (let i = 100; i < 400; i++)
      box.write(
        `code/observatory/.claude/commands/quasar-${i}.md`,
        '---\ndescription: Fills.\n---\n\nFill.\n',
      )
    for (const [place, text] of [
      ['code/observatory', 'See [the list](references/list.md).'],
      ['code/telescope', 'Another text.'],
    ] as const)
      box.write(`${place}/.claude/skills/stargazing/SKILL.md`, skill('stargazing', text))
    box.write('code/observatory/.claude/skills/stargazing/references/list.md', '# The list of stars\n')
    box.write('code/observatory/.claude/skills/stargazing/scripts/count.sh', 'echo 9096\n')
    await box.start()
  })
  afterAll(() => box.dispose())

  const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Artifacts' })
  const row = (page: Page, name: string): Locator =>
    grid(page)
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name, exact: true }) })
  const untilLive = (page: Page): Promise<unknown> =>
    page.waitForFunction(() => document.querySelector('[data-state="live"]'))
  /** Id of the copy in a project. */
  async function idOf(name: string, project: string): Promise<string> {
    const { items } = await box.call('artifacts.where', { name })
    const found = items.find((item) => item.project?.name === project)
    if (!found) throw new Error(`no ${name} in ${project}`)
    return found.id
  }

  it('are found while somebody types, narrowed by facets, and the address brings others the same', async () => {
    const page = await browser.openPage(box, '/artifacts')
    await grid(page).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('stargaz')
    await page.getByText(/^2 of \d+ artifacts$/).waitFor()
    expect(await grid(page).getByRole('link').allInnerTexts()).toEqual(['stargazing', 'stargazing'])
    await page.getByRole('searchbox').fill('')
    await page.getByRole('button', { name: /^Commands/ }).click()
    await page.getByRole('button', { name: 'Remove Commands' }).waitFor()
    await page.getByRole('searchbox').fill('quasar-39')
    await page.getByText(/^10 of/).waitFor()
    const shown = await grid(page).getByRole('link').allInnerTexts()
    const { pathname, search } = new URL(page.url())
    expect(search).toBe('?type=command&q=quasar-39')
    const other = await browser.openPage(box, pathname + search)
    await row(other, 'quasar-399').waitFor()
    expect(await grid(other).getByRole('link').allInnerTexts()).toEqual(shown)
    await screenshot(page, 'artifacts-filtered')
    await expectAccessible(page)
  })

  it('say how to see more when nothing is found', async () => {
    const page = await browser.openPage(box, '/artifacts?q=qqqqzzzz&state=current')
    await page.getByText('Nothing matches “qqqqzzzz” with these filters.').waitFor()
    await screenshot(page, 'artifacts-empty')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Search without the filters' }).click()
    await page.getByRole('button', { name: 'Clear the search' }).click()
    await grid(page).waitFor()
  })

  it('are walked to the last one by keys, and the place is there again after going back', async () => {
    const page = await browser.openPage(box, '/artifacts?q=quasar')
    await row(page, 'quasar-100').waitFor()
    await grid(page).focus()
    await page.keyboard.press('End')
    await row(page, 'quasar-399').waitFor()
    const top = await grid(page).evaluate((element) => element.scrollTop)
    expect(top).toBeGreaterThan(200 * 32)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'quasar-399' }).waitFor()
    await page.goBack()
    await row(page, 'quasar-399').waitFor()
    expect(await grid(page).evaluate((element) => element.scrollTop)).toBe(top)
  })

  it('change in the list when their files do; focus, selection and place stay', async () => {
    const page = await browser.openPage(box, '/artifacts?q=stargazing')
    await untilLive(page)
    await row(page, 'stargazing').first().getByRole('checkbox').check()
    await grid(page).focus()
    const file = box.write(
      join(folder, '.claude/skills/stargazing-by-day/SKILL.md'),
      skill('stargazing-by-day', 'Do not.'),
    )
    await row(page, 'stargazing-by-day').waitFor()
    expect(await grid(page).evaluate((element) => element === document.activeElement)).toBe(true)
    expect(await row(page, 'stargazing').first().getByRole('checkbox').isChecked()).toBe(true)
    rmSync(join(file, '..'), { recursive: true })
    await row(page, 'stargazing-by-day').waitFor({ state: 'detached' })
    await page.getByText('1 selected').waitFor()
  })

  it('are selected by keys and compared', async () => {
    const page = await browser.openPage(box, '/artifacts?q=stargazing')
    await row(page, 'stargazing').first().waitFor()
    await grid(page).focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Shift+Space')
    await page.getByText('2 selected').waitFor()
    await screenshot(page, 'artifacts-selected')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.getByText(/3 files differ/).waitFor()
    await page.getByText('Another text.').waitFor()
    await screenshot(page, 'artifact-compare')
    await expectAccessible(page)
  })

  it('are exported, all that the filter leaves', async () => {
    const page = await browser.openPage(box, '/artifacts?q=quasar')
    await row(page, 'quasar-100').waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export CSV' }).click()
    const stream = await (await download).createReadStream()
    const text = (await stream.toArray()).join('')
    expect(text.trimEnd().split('\r\n')).toHaveLength(301)
    expect(text).toContain('quasar-399,command,project,observatory,claude-code')
  })

  it('show one of them: its text, files and places', async () => {
    const id = await idOf('stargazing', 'observatory')
    const page = await browser.openPage(box, `/artifacts/${id}`)
    await page.getByRole('heading', { name: 'About stargazing' }).waitFor()
    expect(await page.getByText('name: stargazing').count()).toBe(0)
    await page.getByRole('button', { name: 'the list' }).click()
    await page.getByRole('heading', { name: 'The list of stars' }).waitFor()
    await page.getByRole('treeitem', { name: /SKILL\.md/ }).focus()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.getByText('echo 9096').waitFor()
    expect(new URL(page.url()).search).toBe('?tab=files&file=scripts%2Fcount.sh')
    await screenshot(page, 'artifact-files')
    await expectAccessible(page)
    await page.reload()
    await page.getByText('echo 9096').waitFor()
    await page.getByRole('tab', { name: 'Files' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.getByText('2 places, with 2 different contents.').waitFor()
    await page.getByText('in effect').waitFor()
    await screenshot(page, 'artifact-places')
    await expectAccessible(page)
    await page.keyboard.press('End')
    await page.getByRole('tabpanel', { name: 'History' }).waitFor()
    await expectAccessible(page)
  })

  it('show the text as it is now, and say when it is gone', async () => {
    const file = box.write('code/telescope/.claude/skills/lens/SKILL.md', skill('lens', 'Clean it.'))
    await box.call('cache.sync', {})
    const page = await browser.openPage(box, `/artifacts/${await idOf('lens', 'telescope')}`)
    await untilLive(page)
    await page.getByText('Clean it.').waitFor()
    box.write(file, skill('lens', 'Polish it.'))
    await page.getByText('Polish it.').waitFor()
    rmSync(join(file, '..'), { recursive: true })
    await page.getByRole('heading', { level: 1, name: 'lens is gone' }).waitFor()
    await screenshot(page, 'artifact-gone')
    await expectAccessible(page)
    await page.getByRole('link', { name: /Search for others/ }).click()
    await page.getByText('Nothing matches “lens”.').or(grid(page)).first().waitFor()
  })

  it('show of a server its part of the file, and no secret', async () => {
    box.write(
      'code/telescope/.mcp.json',
      JSON.stringify({
        mcpServers: {
          sky: { command: 'npx', args: ['sky-server'], env: { SKY_TOKEN: 'sk-ant-secret-0123456789' } },
        },
      }),
    )
    await box.call('cache.sync', {})
    const page = await browser.openPage(box, `/artifacts/${await idOf('sky', 'telescope')}`)
    await page.getByText('"sky-server"').waitFor()
    expect(await page.getByText('SKY_TOKEN').count()).toBeGreaterThan(0)
    expect(await page.content()).not.toContain('secret-0123456789')
    await screenshot(page, 'artifact-server')
    await expectAccessible(page)
  })
})
