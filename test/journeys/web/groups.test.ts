/** Groups of a collection are made, dragged, moved by the keyboard, copied and deleted, in a real browser. */
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { expectAccessible } from '../../support/browser/accessible.ts'
import { screenshot } from '../../support/browser/screenshot.ts'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

const skill = (name: string): string =>
  `---\nname: ${name}\ndescription: Looks at ${name} through the large telescope.\n---\n\n# About ${name}\n`

const names = ['comets', 'moons', 'planets', 'stars', 'suns']
// What the sample has beside these is out of sight, so that all of it fits on a screen.
const board = '/collections?view=groups&by=group&tag=night'

describe('groups of a collection on the page', () => {
  const browser = useBrowser()
  let box: WebBox
  beforeAll(async () => {
    box = createWebBox({ count: 1, env: { SMD_OFFLINE: 'true' } })
    for (const name of names) box.write(`sources/${name}/SKILL.md`, skill(name))
    await box.start()
    for (const name of names)
      await box.call('collections.add', { spec: join(box.home, 'sources', name), tags: ['night'] })
  })
  afterAll(() => box.dispose())
  beforeEach(async () => {
    const { items } = await box.call('groups.list', { collection: 'default' })
    for (const { name } of items) await box.call('groups.delete', { name })
    await box.call('groups.create', {
      name: 'Near',
      color: 'amber',
      icon: 'globe',
      members: ['moons', 'planets'],
    })
    await box.call('groups.create', { name: 'Far', members: ['stars', 'suns'], description: 'Out of reach.' })
  })

  const group = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true })
  const card = (page: Page, of: string, name: string): Locator =>
    group(page, of)
      .getByRole('listitem')
      .filter({ has: page.getByRole('link', { name, exact: true }) })
  const held = (page: Page, name: string): Promise<string[]> =>
    group(page, name).getByRole('link').allInnerTexts()
  const order = (page: Page): Promise<string[]> =>
    page
      .getByRole('main')
      .getByRole('region')
      .evaluateAll((regions) => regions.flatMap((region) => region.getAttribute('aria-label') ?? []))
  const members = async (name: string): Promise<string[]> =>
    (await box.call('groups.show', { name })).members.map(({ member }) => member)

  it('are filled and put in order by dragging, which others see at once and a reload keeps', async () => {
    const page = await browser.openPage(box, board)
    const other = await browser.openPage(box, board)
    await card(page, 'Near', 'planets').waitFor()
    await card(other, 'Near', 'planets').waitFor()
    await screenshot(page, 'groups')
    await expectAccessible(page)

    // From none into the middle of one.
    await card(page, 'In no group', 'comets').dragTo(card(page, 'Near', 'planets'), {
      targetPosition: { x: 5, y: 20 },
    })
    await page.getByText('comets is number 2 of 3 in Near now.').waitFor()
    expect(await held(page, 'Near')).toEqual(['moons', 'comets', 'planets'])
    await expect.poll(() => held(other, 'Near')).toEqual(['moons', 'comets', 'planets'])
    expect(await members('Near')).toEqual(['skill:moons', 'skill:comets', 'skill:planets'])

    // Within one, and to the end of another.
    await card(page, 'Near', 'moons').dragTo(card(page, 'Near', 'comets'), {
      targetPosition: { x: 200, y: 20 },
    })
    await page.getByText('moons is number 2 of 3 in Near now.').waitFor()
    await card(page, 'Near', 'planets').dragTo(group(page, 'Far').getByRole('heading'))
    await page.getByText('planets is number 3 of 3 in Far now.').waitFor()
    await expect.poll(() => held(other, 'Far')).toEqual(['stars', 'suns', 'planets'])
    expect(await held(other, 'Near')).toEqual(['comets', 'moons'])

    // Groups among each other.
    await group(page, 'Far').getByRole('heading').dragTo(group(page, 'Near').getByRole('heading'))
    await page.getByText('Far is number 1 of 2 groups now.').waitFor()
    await expect.poll(() => order(other)).toEqual(['Far', 'Near'])

    await page.reload()
    await card(page, 'Far', 'planets').waitFor()
    expect(await order(page)).toEqual(['Far', 'Near'])
    expect(await held(page, 'Far')).toEqual(['stars', 'suns', 'planets'])
    expect(await held(page, 'Near')).toEqual(['comets', 'moons'])
  })

  it.each(['light', 'dark'] as const)('do all of that by the keyboard alone, in %s', async (theme) => {
    const page = await browser.openPage(box, board, { theme })
    await card(page, 'Near', 'planets').waitFor()
    const menu = (of: string, name: string): Locator =>
      card(page, of, name).getByRole('button', { name: `Move ${name}` })
    const hasFocus = (wanted: Locator): Promise<boolean> =>
      wanted.evaluate((element) => element === document.activeElement)

    // Pressed faster than files are written: each counts, and the focus goes along.
    await menu('In no group', 'comets').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Put into Far' }).waitFor()
    await screenshot(page, `group-menu-${theme}`)
    await expectAccessible(page)
    await page.keyboard.press('p')
    await page.keyboard.press('Enter')
    await expect.poll(() => hasFocus(menu('Far', 'comets'))).toBe(true)
    await page.keyboard.press('Alt+ArrowUp')
    await expect.poll(() => held(page, 'Far')).toEqual(['stars', 'comets', 'suns'])
    await expect.poll(() => hasFocus(menu('Far', 'comets'))).toBe(true)
    await page.keyboard.press('Alt+ArrowUp')
    await page.getByRole('status').getByText('comets is number 1 of 3 in Far now.').waitFor()
    expect(await members('Far')).toEqual(['skill:comets', 'skill:stars', 'skill:suns'])

    await menu('Far', 'stars').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Take out of Far' }).press('Enter')
    await page.getByRole('status').getByText('Took stars out of Far.').waitFor()
    await expect.poll(() => hasFocus(menu('In no group', 'stars'))).toBe(true)

    const own = group(page, 'Far').getByRole('button', { name: 'What to do with Far' })
    await own.focus()
    await page.keyboard.press('Alt+ArrowUp')
    await page.getByRole('status').getByText('Far is number 1 of 2 groups now.').waitFor()
    expect(await hasFocus(own)).toBe(true)
    expect(await order(page)).toEqual(['Far', 'Near', 'In no group'])
  })

  it('are made, changed, copied to another collection and deleted, on a phone, too', async () => {
    await box.call('collections.create', { name: 'spare' })
    const page = await browser.openPage(box, board, { viewport: 'phone' })
    await page.getByRole('button', { name: 'New group…' }).click()
    const made = page.getByRole('dialog', { name: 'New group' })
    await made.getByLabel('Name', { exact: true }).fill('Dark')
    await made.getByRole('radio', { name: 'violet' }).focus()
    await page.keyboard.press('Space')
    await made.getByRole('radio', { name: 'star' }).focus()
    await page.keyboard.press('Space')
    await screenshot(page, 'group-dialog-phone')
    await expectAccessible(page)
    await made.getByRole('button', { name: 'Make it' }).click()
    await group(page, 'Dark').getByText('Nothing is in it.').waitFor()
    await screenshot(page, 'groups-phone')
    await expectAccessible(page)
    const isWider = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    )
    expect(isWider).toBe(false)

    const act = async (name: string, item: string): Promise<void> => {
      await page.getByRole('button', { name: `What to do with ${name}` }).click()
      await page.getByRole('menuitem', { name: item }).click()
    }
    await act('Dark', 'Change…')
    const changed = page.getByRole('dialog', { name: 'Change the group Dark' })
    await changed.getByLabel('Name', { exact: true }).fill('Dark matter')
    await changed.getByLabel('Description').fill('Nobody has seen it.')
    await changed.getByRole('button', { name: 'Change', exact: true }).click()
    await page.getByText('Nobody has seen it.').waitFor()
    expect(await box.call('groups.show', { name: 'Dark matter' })).toMatchObject({
      color: 'violet',
      icon: 'star',
      description: 'Nobody has seen it.',
      position: 2,
    })

    await act('Near', 'Copy…')
    const copied = page.getByRole('dialog', { name: 'Copy the group Near' })
    await copied.getByLabel('Into').selectOption('spare')
    await copied.getByRole('button', { name: 'Copy', exact: true }).click()
    await page.getByText('Copied Near to Near of spare. 2 members are not there').waitFor()
    expect((await box.call('groups.list', { collection: 'spare' })).items).toMatchObject([
      { name: 'Near', color: 'amber', icon: 'globe', unresolvedCount: 2 },
    ])

    await act('Near', 'Delete…')
    const deleted = page.getByRole('dialog', { name: 'Delete the group Near' })
    await deleted.getByText('It has 2 artifacts, which stay in the collection.').waitFor()
    await deleted.getByRole('button', { name: 'Delete', exact: true }).click()
    await group(page, 'Near').waitFor({ state: 'detached' })
    await card(page, 'In no group', 'moons').waitFor()
    const { items } = await box.call('snapshots.list', { collection: 'default' })
    expect(items[0]?.message).toContain('Delete the group Near')
  })
})
