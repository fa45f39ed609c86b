/** Every view in every size and colour: whom it keeps out, and how it looks. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from '../../support/browser/accessible.ts'
import { viewports } from '../../support/browser/pages.ts'
import { screenshot } from '../../support/browser/screenshot.ts'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

const views = [
  'overview',
  'projects',
  'artifacts',
  'collections',
  'deployments',
  'matrix',
  'outdated',
  'jobs',
  'health',
  'settings',
] as const
const details = ['project', 'artifact', 'sync', 'history', 'tags'] as const
const looks = [
  { viewport: 'desktop', theme: 'light' },
  { viewport: 'desktop', theme: 'dark' },
  { viewport: 'phone', theme: 'light' },
  { viewport: 'phone', theme: 'dark' },
] as const

describe('views (CACHE-3.3e, CACHE-3.5b)', () => {
  const browser = useBrowser()
  let box: WebBox
  const paths = new Map<string, string>()
  beforeAll(async () => {
    box = createWebBox({ count: 6 })
    await box.start()
    const { items: projects } = await box.call('projects.list', { limit: 1 })
    const { items: skills } = await box.call('artifacts.list', { limit: 1, type: 'skill', scope: 'project' })
    for (const name of views) paths.set(name, name === 'overview' ? '/' : `/${name}`)
    paths.set('project', `/projects/${projects[0]?.id}`)
    paths.set('sync', `/projects/${projects[0]?.id}/sync`)
    paths.set('history', '/collections/history')
    paths.set('tags', '/collections/tags')
    paths.set('artifact', `/artifacts/${skills[0]?.id}`)
  })
  afterAll(() => box.dispose())

  /** The view has all it asks for. */
  async function settled(page: Page): Promise<void> {
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    await page.waitForFunction(() => !document.querySelector('main [aria-busy="true"]'))
  }

  it.each([...views, ...details])(
    '%s keeps nobody out and fits, in light and dark, on desktop and phone',
    async (name) => {
      const page = await browser.openPage(box, paths.get(name) ?? '')
      for (const { viewport, theme } of looks) {
        await page.setViewportSize(viewports[viewport])
        await page.emulateMedia({ colorScheme: theme })
        await page.waitForFunction((wanted) => document.documentElement.dataset.theme === wanted, theme)
        await settled(page)
        await screenshot(page, `${name}-${viewport}-${theme}`)
        const alerts = await page.getByRole('main').getByRole('alert').allInnerTexts()
        expect(alerts.filter((text) => text !== '')).toEqual([])
        await expectAccessible(page)
        // Only what is inside of a table may be wider than the window.
        const { scrollWidth, clientWidth } = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement
          return { scrollWidth, clientWidth }
        })
        expect(scrollWidth, `${viewport}, ${theme}`).toBeLessThanOrEqual(clientWidth)
      }
      const heading = page.getByRole('heading', { level: 1 })
      expect(await heading.count()).toBe(1)
      expect(await page.title()).toBe(`${await heading.innerText()} · smd`)
      expect(await page.getByRole('main').count()).toBe(1)
      expect(await page.getByRole('banner').count()).toBe(1)
    },
  )

  it.each(['light', 'dark'] as const)('dialogs keep nobody out in %s', async (theme) => {
    const page = await browser.openPage(box, '/projects', { theme })
    await settled(page)
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('a')
    await page.getByRole('option').first().waitFor()
    await screenshot(page, `palette-${theme}`)
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await screenshot(page, `shortcuts-${theme}`)
    await expectAccessible(page)
  })

  it('moves nothing for who wants no motion', async () => {
    const page = await browser.openPage(box, '/projects', { reducedMotion: true })
    await settled(page)
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByRole('status').getByText('Projects updated').waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .filter((element) => {
          const { animationName, animationDuration, transitionDuration } = getComputedStyle(element)
          const long = (text: string): boolean =>
            text.split(', ').some((each) => Number.parseFloat(each) > 0.011)
          return (animationName !== 'none' && long(animationDuration)) || long(transitionDuration)
        })
        .map((element) => element.className),
    )
    expect(moving).toEqual([])
  })
})
