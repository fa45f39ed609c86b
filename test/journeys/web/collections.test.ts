/** A collection is looked through, deployed, kept in step and taken back, in a real browser against a real daemon. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from '../../support/browser/accessible.ts'
import { screenshot } from '../../support/browser/screenshot.ts'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

const skill = (name: string, text: string): string =>
  `---\nname: ${name}\ndescription: Looks at ${name}.\n---\n\n# About ${name}\n\n${text}\n`

describe('collections on the page', () => {
  const browser = useBrowser()
  let box: WebBox
  /** Folders of projects that nothing was deployed to. */
  let observatory: string
  let telescope: string
  beforeAll(async () => {
    box = createWebBox({ count: 3, env: { SMD_OFFLINE: 'true' } })
    observatory = box.addProject('code/observatory')
    telescope = box.addProject('code/telescope')
    box.write('sources/stargazing/SKILL.md', skill('stargazing', 'Look up.'))
    box.write('sources/stargazing/references/list.md', '# The list of stars\n')
    box.write('sources/comets/SKILL.md', skill('comets', 'They come back.'))
    await box.start()
    for (const name of ['stargazing', 'comets'])
      await box.call('collections.add', {
        spec: join(box.home, 'sources', name),
        tags: ['night', name === 'comets' ? 'rare' : 'daily'],
      })
  })
  afterAll(() => box.dispose())

  const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Artifacts of the collection' })
  const row = (page: Page, name: string): Locator =>
    grid(page)
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name, exact: true }) })
  const idOf = async (name: string): Promise<string> => {
    const { items } = await box.call('projects.list', { limit: 100 })
    const found = items.find((one) => one.name === name)
    if (!found) throw new Error(`no project ${name}`)
    return found.id
  }

  it('are shown as a list, as cards and in groups, and the address brings others the same', async () => {
    const page = await browser.openPage(box, '/collections?tag=night')
    await row(page, 'stargazing').waitFor()
    expect(await grid(page).getByRole('link').allInnerTexts()).toEqual(['comets', 'stargazing'])
    await screenshot(page, 'collections-list')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Grid' }).click()
    await page.getByRole('list', { name: 'Artifacts of the collection' }).waitFor()
    await page.getByText('Looks at comets.').waitFor()
    await screenshot(page, 'collections-grid')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Grouped' }).click()
    await page.getByRole('combobox', { name: 'Grouped' }).selectOption('tag')
    await page.getByRole('region', { name: 'rare' }).waitFor()
    await screenshot(page, 'collections-groups')
    await expectAccessible(page)
    const { pathname, search } = new URL(page.url())
    expect(search).toBe('?tag=night&view=groups&by=tag')
    const other = await browser.openPage(box, pathname + search, { viewport: 'phone' })
    await other.getByRole('region', { name: 'rare' }).waitFor()
    await screenshot(other, 'collections-groups-phone')
    await expectAccessible(other)
  })

  it.each(['light', 'dark'] as const)(
    'are deployed by the keyboard alone, seen at once and taken back, in %s',
    async (theme) => {
      const page = await browser.openPage(box, '/collections?q=stargazing', { theme })
      await row(page, 'stargazing').waitFor()
      await grid(page).focus()
      await page.keyboard.press('Space')
      await page.getByText('1 selected').waitFor()
      await page.getByRole('button', { name: 'Deploy…', exact: true }).focus()
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog', { name: 'Deploy stargazing' })
      await dialog.getByRole('checkbox', { name: /observatory/ }).focus()
      await page.keyboard.press('Space')
      await dialog.getByRole('checkbox', { name: /telescope/ }).focus()
      await page.keyboard.press('Space')
      await dialog.getByText('Plan: 2 to add.').waitFor()
      await dialog.getByText('2 files').first().click()
      await dialog.getByText('references/list.md').waitFor()
      await screenshot(page, `deploy-dialog-${theme}`)
      await expectAccessible(page)
      await dialog.getByRole('button', { name: 'Deploy in 2 projects' }).focus()
      await page.keyboard.press('Enter')
      await page.getByText('Deployed stargazing to 2 projects.').waitFor()
      await dialog.waitFor({ state: 'detached' })
      const places = [observatory, telescope].map((project) => join(project, '.claude/skills/stargazing'))
      for (const place of places)
        expect(readFileSync(join(place, 'references/list.md'), 'utf8')).toBe('# The list of stars\n')
      await screenshot(page, `deployed-${theme}`)
      await page.getByRole('button', { name: 'Undo' }).focus()
      await page.keyboard.press('Enter')
      await page.getByText(/^Taken back/).waitFor()
      for (const place of places) expect(existsSync(place)).toBe(false)
    },
  )

  it('are deployed from the list of all artifacts and from the page of one, on a phone, too', async () => {
    const page = await browser.openPage(box, '/artifacts?q=comets&scope=collection')
    const all = page.getByRole('grid', { name: 'Artifacts' })
    await all.getByRole('checkbox', { name: 'Select', exact: true }).first().check()
    await page.getByRole('button', { name: 'Deploy…' }).click()
    await page.getByRole('dialog', { name: 'Deploy comets' }).getByText('Choose where it goes.').waitFor()
    await page.keyboard.press('Escape')
    const href = await all.getByRole('link', { name: 'comets', exact: true }).getAttribute('href')
    const phone = await browser.openPage(box, href ?? '', { viewport: 'phone' })
    await phone.getByRole('button', { name: 'Deploy…' }).click()
    const dialog = phone.getByRole('dialog', { name: 'Deploy comets' })
    await dialog.getByRole('checkbox', { name: /observatory/ }).check()
    await dialog.getByText('Plan: 1 to add.').waitFor()
    await screenshot(phone, 'deploy-dialog-phone')
    await expectAccessible(phone)
    const isWider = await phone.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    )
    expect(isWider).toBe(false)
  })

  it('take an edit in a project back into the collection, line by line', async () => {
    const where = { projects: [telescope], artifacts: [{ name: 'comets', type: 'skill' }] }
    await box.call('deployments.deploy', where)
    const place = join(telescope, '.claude/skills/comets/SKILL.md')
    appendFileSync(place, 'Halley comes in 2061.\n')
    await box.call('cache.sync', {})
    const id = await idOf('telescope')
    const page = await browser.openPage(box, `/projects/${id}`)
    await page.getByRole('link', { name: 'Sync with collections' }).click()
    await page.getByRole('button', { name: 'comets' }).click()
    await page.getByRole('heading', { name: 'Pull comets' }).waitFor()
    await page.getByText('Halley comes in 2061.').waitFor()
    await screenshot(page, 'sync')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Pull 1 artifact' }).click()
    await page.getByText('Pulled comets.').waitFor()
    const { path } = await box.call('collections.show', {})
    expect(readFileSync(join(path, 'skills/comets/SKILL.md'), 'utf8')).toContain('Halley comes in 2061.')
    await page.getByText('Everything from collections is in step.').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText(/^Taken back/).waitFor()
    expect(readFileSync(join(path, 'skills/comets/SKILL.md'), 'utf8')).not.toContain('Halley')
    expect(readFileSync(place, 'utf8')).toContain('Halley comes in 2061.')
  })

  it('leave a conflict to who looks, file by file', async () => {
    const where = { projects: [observatory], artifacts: [{ name: 'comets', type: 'skill' }] }
    await box.call('deployments.deploy', where)
    const { path } = await box.call('collections.show', {})
    const place = join(observatory, '.claude/skills/comets/SKILL.md')
    box.write(place, skill('comets', 'They never come back.'))
    box.write(join(path, 'skills/comets/SKILL.md'), skill('comets', 'They come back late.'))
    await box.call('cache.sync', {})
    const page = await browser.openPage(box, `/projects/${await idOf('observatory')}/sync?way=push`)
    await page.getByText(/^1 file to decide/).waitFor()
    await page.getByText('Conflict: the same lines').waitFor()
    await screenshot(page, 'sync-conflict')
    await expectAccessible(page)
    await page
      .getByRole('combobox', { name: 'Which version of SKILL.md' })
      .selectOption({ label: 'The collection’s' })
    await page.getByText('Decided').waitFor()
    await page.getByRole('button', { name: 'Push 1 artifact' }).click()
    await page.getByText(/^Pushed/).waitFor()
    expect(readFileSync(place, 'utf8')).toContain('They come back late.')
    const phone = await browser.openPage(box, `/projects/${await idOf('observatory')}/sync`, {
      viewport: 'phone',
      theme: 'dark',
    })
    await phone.getByText('Everything from collections is in step.').waitFor()
    await screenshot(phone, 'sync-phone')
    await expectAccessible(phone)
  })

  it('go back to how they were, in the files that are chosen', async () => {
    const { path } = await box.call('collections.show', {})
    const first = join(path, 'skills/stargazing/SKILL.md')
    const second = join(path, 'skills/stargazing/references/list.md')
    const page = await browser.openPage(box, '/collections')
    await page.getByRole('link', { name: 'History' }).click()
    await page.getByRole('button', { name: 'Take a snapshot…' }).click()
    await page.getByLabel('Message').fill('before the clouds')
    await page.getByRole('button', { name: 'Take it' }).click()
    const taken = page.getByRole('row').filter({ hasText: 'before the clouds' })
    await taken.waitFor()
    box.write(first, skill('stargazing', 'Clouds.'))
    box.write(second, '# Nothing to see\n')
    await box.call('cache.sync', {})
    await taken.getByRole('button', { name: /^Compare/ }).click()
    const compare = page.getByRole('dialog')
    await compare.getByText('skills/stargazing/references/list.md').waitFor()
    await screenshot(page, 'history-compare')
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await taken.getByRole('button', { name: /^Go back/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('checkbox', { name: /^Keep what was edited/ }).uncheck()
    await dialog.getByText('2 conflicts').waitFor()
    await dialog.getByRole('checkbox', { name: /SKILL\.md/ }).uncheck()
    await screenshot(page, 'rollback-dialog')
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Go back in 1 file' }).click()
    await page.getByText(/is as it was/).waitFor()
    expect(readFileSync(second, 'utf8')).toBe('# The list of stars\n')
    expect(readFileSync(first, 'utf8')).toContain('Clouds.')
    await screenshot(page, 'history')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText(/is as it was before\./).waitFor()
    expect(readFileSync(second, 'utf8')).toBe('# Nothing to see\n')
  })
})
