/** The components that show content, in a real browser with the policy of the daemon. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from '../../support/browser/accessible.ts'
import { screenshot } from '../../support/browser/screenshot.ts'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { serveGallery } from '../../web/gallery/serve.ts'

declare global {
  /** What components told. */
  var told: string[]
  /** What hostile text would set. */
  var hit: unknown
}

/** However busy the machine is. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 60_000 })

const specimens = ['markdown', 'frontmatter', 'code', 'tree', 'diff', 'activity', 'bars', 'matrix']

describe('content in a browser', () => {
  const browser = useBrowser()
  let gallery: Awaited<ReturnType<typeof serveGallery>>
  beforeAll(async () => {
    gallery = await serveGallery()
  })
  afterAll(() => gallery?.close())

  const open = async (name: string): Promise<Page> => {
    const page = await browser.openPage(gallery, `/${name}`)
    await page.getByRole('heading', { name: 'Gallery' }).waitFor()
    return page
  }

  it.each(specimens)('keeps the policy and passes axe, in either theme and on a phone: %s', async (name) => {
    const page = await open(name)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await expectAccessible(page)
      await screenshot(page, `content-${name}-${colorScheme}`)
    }
    await page.setViewportSize({ width: 360, height: 740 })
    // What is wide scrolls by itself.
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    await eventually(overflow).toBe(0)
    await screenshot(page, `content-${name}-phone`)
  })

  it('runs nothing of a text and loads nothing for it', async () => {
    const page = await open('markdown')
    await page.getByRole('button', { name: 'the checklist' }).click()
    await page.getByText('Not this').click()
    expect(await page.evaluate(() => [told, globalThis.hit])).toEqual([
      ['references/checklist.md'],
      undefined,
    ])
    expect(await page.locator('main img, main script:not([src])').count()).toBe(0)
  })

  it('shows 1 MiB of Markdown part by part, so that the page answers meanwhile', async () => {
    const page = await open('markdown-long')
    await page.locator('main [aria-busy="false"]').waitFor()
    expect(await page.locator('main h2').count()).toBeGreaterThan(500)
  })

  it('shows any line of 20,000, with a small part of them in the document', async () => {
    const page = await open('code#15000')
    await eventually(() => page.locator('[data-line="15000"]').isVisible()).toBe(true)
    await page.locator('[aria-current="true"]').waitFor()
    await page.keyboard.press('Tab')
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
    await page.locator('[data-line="20000"]').waitFor()
    expect(await page.locator('[data-line]').count()).toBeLessThan(4000)
    await page.getByRole('checkbox', { name: 'Wrap lines' }).check()
    const box = await page.locator('[data-line="8"]').boundingBox()
    expect(box?.height).toBeGreaterThan(18)
  })

  it('draws activity in the colours of the theme, tells the day under the pointer, and has a table', async () => {
    const page = await open('activity')
    const colours = () =>
      page.evaluate(() =>
        ['added', 'changed', 'removed'].map((kind) => {
          const bar = document.querySelector(`rect[data-kind="${kind}"]`)
          return bar && getComputedStyle(bar).fill
        }),
      )
    const light = await colours()
    expect(new Set(light).size).toBe(3)
    await page.emulateMedia({ colorScheme: 'dark' })
    await eventually(colours).not.toEqual(light)

    const drawing = page.locator('figure svg')
    await drawing.hover()
    await page.getByText('16 Oct 2026').first().waitFor()
    const tallest = await drawing
      .locator('rect')
      .evaluateAll((bars) => Math.max(...bars.map((bar) => bar.getBoundingClientRect().height)))
    expect(tallest).toBeGreaterThan(50)
    await page.getByRole('button', { name: 'Table' }).click()
    expect(await page.getByRole('row').count()).toBeGreaterThan(25)
    expect(await drawing.count()).toBe(0)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Table' }).click()
    await drawing.waitFor()
  })

  it('stands differences beside each other where there is room', async () => {
    const page = await open('diff')
    await page.getByRole('button', { name: 'Side by side' }).click()
    await expectAccessible(page)
    await screenshot(page, 'content-diff-split')
    const columns = () => page.locator('main table').first().locator('tbody tr').first().locator('td').count()
    expect(await columns()).toBe(4)
    await page.keyboard.press('n')
    await page.keyboard.press('n')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('@@')
    await page.setViewportSize({ width: 360, height: 740 })
    await eventually(columns).toBe(3)
  })

  it('scrolls a matrix of 2,000 by 200 with few nodes, and keeps heads and focus', async () => {
    const page = await open('matrix-full')
    const grid = page.getByRole('grid', { name: 'Matrix' })
    await grid.focus()
    await page.keyboard.press('Control+End')
    const cell = page.locator('[data-active]')
    await eventually(() => cell.getAttribute('aria-colindex')).toBe('201')
    expect(await page.getByRole('gridcell').count()).toBeLessThan(3000)
    const [head, column] = [page.getByText('artifact-1999'), page.getByText('project-199')]
    for (const part of [cell, head, column]) expect(await part.isVisible()).toBe(true)
    const [inside, outside] = [await cell.boundingBox(), await grid.boundingBox()]
    expect((inside?.y ?? 0) + (inside?.height ?? 0)).toBeLessThanOrEqual(
      (outside?.y ?? 0) + (outside?.height ?? 0),
    )
    await page.keyboard.press('Enter')
    await page.mouse.move(640, 400)
    await page.mouse.wheel(-3000, -30_000)
    await eventually(() => page.getByText('artifact-1999').count()).toBe(0)
    expect(await grid.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('ArrowUp')
    await eventually(() => cell.getAttribute('aria-colindex')).toBe('201')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => told)).toEqual(['1999 199', '1998 199'])
  })
})
