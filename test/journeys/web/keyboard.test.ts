/** The page without a mouse, in a real browser against a real daemon. */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

describe('the keyboard', () => {
  const browser = useBrowser()
  let box: WebBox
  beforeAll(async () => {
    box = createWebBox()
    // More than fit into the window.
    for (let i = 10; i < 50; i++)
      box.write(`code/small-${i}/.claude/commands/go.md`, '---\ndescription: Goes.\n---\n\nGo.\n')
    await box.start()
  })
  afterAll(() => box.dispose())

  const projects = (page: Page): Locator => page.getByRole('grid', { name: 'Projects' })
  const heading = (page: Page, name: string): Promise<void> =>
    page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
  const isFocused = (element: Locator): Promise<boolean> =>
    element.evaluate((one) => one === document.activeElement)
  /** Position of the row that the keys act on, from 1. */
  const activeRow = (page: Page): Promise<number> =>
    projects(page).evaluate((grid) => {
      const row = document.getElementById(grid.getAttribute('aria-activedescendant') ?? '')
      return Number(row?.getAttribute('aria-rowindex')) - 1
    })

  it('skips to the content, and goes through navigation and table by Tab', async () => {
    const page = await browser.openPage(box, '/projects')
    await projects(page).waitFor()
    await page.keyboard.press('Tab')
    expect(await isFocused(page.getByRole('link', { name: 'Skip to the content' }))).toBe(true)
    await page.keyboard.press('Enter')
    expect(await isFocused(page.getByRole('heading', { level: 1 }))).toBe(true)
    await page.keyboard.press('Tab')
    expect(await isFocused(page.getByRole('searchbox'))).toBe(true)
    for (let i = 0; i < 20 && !(await isFocused(projects(page))); i++) await page.keyboard.press('Tab')
    expect(await isFocused(projects(page))).toBe(true)
  })

  it('moves through a table by arrows, pages, Home and End, and opens a row by Enter', async () => {
    const page = await browser.openPage(box, '/projects')
    await projects(page).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    expect(await activeRow(page)).toBe(3)
    await page.keyboard.press('End')
    const last = await activeRow(page)
    expect(last).toBe(Number(await projects(page).getAttribute('aria-rowcount')) - 1)
    await page.keyboard.press('PageUp')
    expect(await activeRow(page)).toBeLessThan(last - 1)
    await page.keyboard.press('Home')
    expect(await activeRow(page)).toBe(1)
    const first = await projects(page).getByRole('link').first().innerText()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/projects/prj_*')
    await heading(page, first)
  })

  it('searches the view by /, and empties the search by Escape', async () => {
    const page = await browser.openPage(box, '/projects')
    await projects(page).waitFor()
    await page.keyboard.press('/')
    const search = page.getByRole('searchbox', { name: 'Filter projects' })
    expect(await isFocused(search)).toBe(true)
    await page.keyboard.type('zzzz')
    await page.getByText('No project is like that').waitFor()
    expect(await search.inputValue()).toBe('zzzz')
    await page.keyboard.press('Escape')
    await projects(page).waitFor()
    // A letter that is typed is no shortcut.
    await page.keyboard.press('?')
    expect(await search.inputValue()).toBe('?')
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  it('goes to views, projects and artifacts by the palette, and leaves it as it was by Escape', async () => {
    const page = await browser.openPage(box, '/projects')
    await projects(page).focus()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    expect(await isFocused(page.getByRole('combobox'))).toBe(true)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await isFocused(projects(page))).toBe(true)

    await page.keyboard.press('Control+k')
    await page.keyboard.type('health')
    await page.keyboard.press('Enter')
    await heading(page, 'Health')

    const { items } = await box.call('projects.list', { limit: 1 })
    await page.keyboard.press('Control+k')
    await page.keyboard.type(items[0]?.name ?? '')
    await page.getByRole('option').filter({ hasText: 'Project' }).first().waitFor()
    await page.keyboard.press('Enter')
    await heading(page, items[0]?.name ?? '')
  })

  it('shows the shortcuts by ?, and refreshes by Control, Shift and R', async () => {
    const page = await browser.openPage(box, '/projects')
    await projects(page).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('Ctrl+K').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+Shift+r')
    await page.getByRole('status').getByText('Projects updated').waitFor()
  })

  it('shows where the focus is, on all that can have it', async () => {
    const page = await browser.openPage(box, '/projects')
    await projects(page).waitFor()
    const unmarked: string[] = []
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab')
      const seen = await page.evaluate(() => {
        const element = document.activeElement
        if (!element || element === document.body) return null
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
        const isMarked = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
        return { isMarked, what: `${element.tagName} ${element.textContent?.slice(0, 40)}` }
      })
      if (seen === null) break
      if (!seen.isMarked) unmarked.push(seen.what)
    }
    expect(unmarked).toEqual([])
  })
})
