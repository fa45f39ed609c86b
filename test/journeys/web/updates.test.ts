/** Tags are kept, and what sources have newer is taken in, in a real browser against a real daemon. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from '../../support/browser/accessible.ts'
import { screenshot } from '../../support/browser/screenshot.ts'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'
import { listenGit } from '../../support/git-http.ts'
import { commitTree, initRepository } from '../../support/upstream-repo.ts'

const skill = (name: string, text: string): string =>
  `---\nname: ${name}\ndescription: Looks at ${name}.\n---\n\n# About ${name}\n\n${text}\n`
const lines = (first: string, last: string): string =>
  [first, 'two', 'three', 'four', 'five', 'six', 'seven', last].join('\n\n')

const first = lines('one', 'eight')

describe('tags and updates on the page', () => {
  const browser = useBrowser()
  let box: WebBox
  let closeServer: () => Promise<void>
  let observatory: string
  /** What the source of these holds from now on. */
  let commit: (texts: Record<string, string>) => void
  beforeAll(async () => {
    box = createWebBox({ count: 1 })
    // The sample has sources elsewhere, which nobody shall ask: here all are on this machine.
    rmSync(box.home, { recursive: true })
    observatory = join(box.home, 'code/observatory')
    box.write(join(observatory, '.claude/settings.json'), '{}')
    const repository = join(box.root, 'git/sky')
    initRepository(repository)
    commit = (texts) => {
      for (const [name, text] of Object.entries(texts))
        box.write(join(box.root, 'from/skills', name, 'SKILL.md'), skill(name, text))
      commitTree(repository, join(box.root, 'from'), '2026-01-02')
    }
    commit({ comets: first, moons: first, stars: first, suns: first })
    const { server, close } = await listenGit(join(box.root, 'git'))
    closeServer = close
    await box.start()
    await box.call('collections.init', {})
    for (const name of ['comets', 'moons', 'stars', 'suns'])
      await box.call('collections.add', {
        spec: `${server.origin}/sky/tree/main/skills/${name}`,
        tags: ['night', 'far away'],
      })
  })
  afterAll(async () => {
    await box.dispose()
    await closeServer()
  })

  const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Artifacts of the collection' })
  const row = (page: Page, name: string): Locator =>
    grid(page)
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name, exact: true }) })
  const select = (page: Page, name: string): Promise<void> => row(page, name).getByRole('checkbox').check()
  const own = async (name: string): Promise<string> => {
    const { path } = await box.call('collections.show', {})
    return join(path, 'skills', name, 'SKILL.md')
  }

  it.each([
    ['light', 'desktop'],
    ['dark', 'phone'],
  ] as const)('gives a tag another name and colour everywhere, in %s on a %s', async (theme, viewport) => {
    const [before, after] = theme === 'light' ? ['far away', 'distant'] : ['night', 'dark']
    const page = await browser.openPage(box, '/collections', { theme, viewport })
    await page.getByRole('link', { name: 'Tags', exact: true }).click()
    const tag = page.getByRole('row').filter({ has: page.getByRole('link', { name: before, exact: true }) })
    await tag.getByRole('cell', { name: '4', exact: true }).waitFor()
    await screenshot(page, `tags-${theme}`)
    await expectAccessible(page)
    await tag.getByRole('button', { name: `Change ${before}` }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: `Change the tag ${before}` })
    await dialog.getByLabel('Name', { exact: true }).fill(after)
    await dialog.getByLabel('With a colour').check()
    await dialog.getByLabel('Colour', { exact: true }).fill('#22c55e')
    await screenshot(page, `tag-dialog-${theme}`)
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Change', exact: true }).click()
    await page.getByText(`Changed the tag ${after}.`).waitFor()
    await page.getByRole('link', { name: after, exact: true }).click()
    await page.getByRole('status').getByText('4 artifacts', { exact: true }).waitFor()
    expect(new URL(page.url()).searchParams.get('tag')).toBe(after)
    expect(readFileSync(join(await own('moons'), '../../../collection.toml'), 'utf8')).toContain(`"${after}"`)
    await screenshot(page, `tagged-${theme}`)
    await expectAccessible(page)
  })

  it('deletes a tag once it is said how many lose it', async () => {
    await box.call('tags.assign', { artifacts: ['skill:moons', 'skill:stars'], add: ['fading'] })
    const page = await browser.openPage(box, '/collections/tags')
    await page.getByRole('button', { name: 'Delete fading' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete the tag fading' })
    await dialog.getByText('2 artifacts have it and lose it, in all collections.').waitFor()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('link', { name: 'fading', exact: true }).waitFor({ state: 'detached' })
    const { artifacts } = await box.call('collections.show', {})
    expect(artifacts.filter(({ tags }) => tags.includes('fading'))).toEqual([])
  })

  it.each(['light', 'dark'] as const)(
    'takes in what a source has newer with what was edited here, and takes it back, in %s',
    async (theme) => {
      const name = theme === 'light' ? 'comets' : 'moons'
      commit({ [name]: lines('one of the source', 'eight') })
      box.write(await own(name), skill(name, lines('one', 'eight of mine')))
      await box.call('cache.sync', {})
      const page = await browser.openPage(box, `/collections?q=${name}`, { theme })
      await row(page, name).waitFor()
      await grid(page).focus()
      await page.keyboard.press('Space')
      await page.getByRole('button', { name: 'Update…' }).focus()
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog', { name: `Update ${name} of default` })
      await dialog.getByText('1 artifact would change.').waitFor()
      await dialog.getByText('changed in both, goes together').waitFor()
      await dialog.getByText('one of the source').waitFor()
      await screenshot(page, `update-${theme}`)
      await expectAccessible(page)
      await dialog.getByRole('button', { name: 'Update', exact: true }).focus()
      await page.keyboard.press('Enter')
      await page.getByText('Updated 1 artifact of default. What was there before is in a snapshot.').waitFor()
      await dialog.waitFor({ state: 'detached' })
      expect(readFileSync(await own(name), 'utf8')).toBe(
        skill(name, lines('one of the source', 'eight of mine')),
      )
      const { items } = await box.call('snapshots.list', { collection: 'default' })
      expect(items[0]?.message).toContain(`Update ${name}`)
      await page.getByRole('button', { name: 'Undo' }).click()
      await page.getByText(/^Taken back/).waitFor()
      expect(readFileSync(await own(name), 'utf8')).toBe(skill(name, lines('one', 'eight of mine')))
    },
  )

  it('updates several at once and the projects that have them, with a conflict decided, on a phone', async () => {
    await box.call('deployments.deploy', {
      projects: [observatory],
      artifacts: [{ name: 'stars', type: 'skill' }],
    })
    await box.call('tags.assign', { artifacts: ['skill:comets', 'skill:stars'], add: ['sky'] })
    commit({ comets: lines('one anew', 'eight'), stars: lines('one anew', 'eight') })
    box.write(await own('comets'), skill('comets', lines('one of mine', 'eight')))
    await box.call('cache.sync', {})
    const page = await browser.openPage(box, '/collections?tag=sky', { viewport: 'phone' })
    await row(page, 'comets').waitFor()
    for (const name of ['comets', 'stars']) await select(page, name)
    await page.getByRole('button', { name: 'Update…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Update 2 artifacts of default' })
    await dialog.getByText('1 artifact would change. 1 file to decide:').waitFor()
    await screenshot(page, 'update-phone')
    await expectAccessible(page)
    const isWider = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    )
    expect(isWider).toBe(false)
    await dialog
      .getByRole('region', { name: 'comets, skill' })
      .getByRole('combobox', { name: 'Which version of SKILL.md' })
      .selectOption({ label: 'The source’s' })
    await dialog.getByText('2 artifacts would change.').waitFor()
    await dialog.getByLabel('Bring it to the projects that have it, too').check()
    await dialog.getByRole('button', { name: 'Update 2 artifacts' }).click()
    await page.getByText(/^Updated 2 artifacts of default\. Brought to 1 project\./).waitFor()
    const wanted = (name: string): string => skill(name, lines('one anew', 'eight'))
    expect(readFileSync(await own('comets'), 'utf8')).toBe(wanted('comets'))
    const deployed = join(observatory, '.claude/skills/stars/SKILL.md')
    expect(readFileSync(deployed, 'utf8')).toBe(wanted('stars'))

    // Where it is deployed is said beside it, and leads there.
    const wide = await browser.openPage(box, '/collections?q=stars')
    await row(wide, 'stars').getByRole('link', { name: '1 project' }).click()
    await wide.getByRole('grid', { name: 'Deployments' }).getByText('observatory').waitFor()
    expect(new URL(wide.url()).searchParams.get('artifact')).toBe('skill:stars')
    await screenshot(wide, 'deployments-of-one')
    await expectAccessible(wide)
    expect(existsSync(deployed)).toBe(true)
  })

  it('is led to from what is outdated', async () => {
    commit({ suns: lines('one', 'eight anew') })
    await box.call('upstream.check', { force: true })
    const page = await browser.openPage(box, '/outdated?q=skills/suns')
    const table = page.getByRole('grid', { name: 'Artifacts by how they stand to their source' })
    await table.getByRole('link', { name: 'suns', exact: true }).waitFor()
    await table.focus()
    await page.keyboard.press('Enter')
    const one = page.getByRole('dialog', { name: 'Update available: suns' })
    await one.getByRole('button', { name: 'Update…', exact: true }).click()
    await page
      .getByRole('dialog', { name: 'Update suns of default' })
      .getByText('1 artifact would change.')
      .waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await table.focus()
    await page.keyboard.press('Space')
    await page.getByText('1 selected').waitFor()
    await screenshot(page, 'outdated-selected')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Update…', exact: true }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Update suns of default' })
    await dialog.getByText('1 artifact would change.').waitFor()
    await dialog.getByRole('button', { name: 'Update', exact: true }).click()
    await page.getByText(/^Updated 1 artifact of default\./).waitFor()
    expect(readFileSync(await own('suns'), 'utf8')).toBe(skill('suns', lines('one', 'eight anew')))
    // What is up to date is no row of this table any more.
    await table.getByRole('link', { name: 'suns', exact: true }).waitFor({ state: 'detached' })
  })
})
