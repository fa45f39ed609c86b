/** One project on the page, in a real browser against a real daemon. */
import { rmSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from '../../support/browser/accessible.ts'
import { screenshot } from '../../support/browser/screenshot.ts'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

const skill = (name: string): string =>
  `---\nname: ${name}\ndescription: Looks at ${name}.\n---\n\n# About ${name}\n`

describe('the page of a project', () => {
  const browser = useBrowser()
  let box: WebBox
  let id: string
  beforeAll(async () => {
    box = createWebBox()
    box.write('code/orchard/.claude/skills/pruning/SKILL.md', skill('pruning'))
    box.write('.claude/skills/pruning/SKILL.md', skill('pruning'))
    box.write(
      'code/orchard/.claude/settings.json',
      JSON.stringify({
        hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'command', command: './check.sh' }] }] },
      }),
    )
    box.write(
      'code/orchard/.mcp.json',
      JSON.stringify({ mcpServers: { weather: { command: 'npx', args: ['weather-server'] } } }),
    )
    await box.start()
    const { items } = await box.call('projects.list', { limit: 1000 })
    id = items.find(({ name }) => name === 'orchard')?.id ?? ''
  })
  afterAll(() => box.dispose())

  const untilLive = (page: Page): Promise<unknown> =>
    page.waitForFunction(() => document.querySelector('[data-state="live"]'))

  it('shows what is in effect, and what is hidden by what', async () => {
    const page = await browser.openPage(box, `/projects/${id}`)
    const skills = page.getByRole('table', { name: 'Skills in effect' })
    const rows = skills.getByRole('row').filter({ hasText: 'pruning' })
    await rows.nth(1).waitFor()
    expect(await rows.count()).toBe(2)
    expect(await rows.nth(0).innerText()).toContain('User')
    expect(await rows.nth(1).innerText()).toContain('hidden by the one of User')
    await screenshot(page, 'project-effective')
    await expectAccessible(page)
    await rows.nth(1).getByRole('link').click()
    await page.getByRole('heading', { level: 1, name: 'pruning' }).waitFor()
    await page.getByRole('link', { name: 'orchard' }).click()
    await page.getByRole('heading', { level: 1, name: 'orchard' }).waitFor()
  })

  it('is gone through by keys, tab by tab, and each keeps nobody out', async () => {
    const page = await browser.openPage(box, `/projects/${id}`)
    await page.getByRole('tab', { name: 'In effect' }).focus()
    const parts = [
      ['artifacts', page.getByRole('grid', { name: 'Artifacts of the project' })],
      ['servers', page.getByText('weather-server')],
      ['problems', page.getByRole('tabpanel', { name: 'Problems' })],
      ['history', page.getByText('Project found')],
    ] as const
    for (const [name, content] of parts) {
      await page.keyboard.press('ArrowRight')
      await content.first().waitFor()
      expect(new URL(page.url()).search).toBe(`?tab=${name}`)
      await screenshot(page, `project-${name}`)
      await expectAccessible(page)
    }
    await page.keyboard.press('ArrowRight')
    expect(new URL(page.url()).search).toBe('')
  })

  it('lists servers and hooks as they run', async () => {
    const page = await browser.openPage(box, `/projects/${id}?tab=servers`)
    const hook = page.getByRole('table', { name: 'Hooks' }).getByRole('row').filter({ hasText: './check.sh' })
    await hook.waitFor()
    expect(await hook.innerText()).toMatch(/PreToolUse\s+Bash\s+\.\/check\.sh/)
    const server = page
      .getByRole('table', { name: 'MCP servers' })
      .getByRole('row')
      .filter({ hasText: 'weather' })
    expect(await server.innerText()).toContain('npx weather-server')
  })

  it('tells of a problem when it comes and with what to do, and is quiet when it was mended', async () => {
    const page = await browser.openPage(box, `/projects/${id}?tab=problems`)
    await untilLive(page)
    await page.getByRole('tab', { name: /Problems/ }).waitFor()
    const file = box.write('code/orchard/.claude/commands/pick.md', '')
    await page.getByText('The file is empty').waitFor()
    await page.getByText('Write its content, or delete it.').waitFor()
    await screenshot(page, 'project-problem')
    await expectAccessible(page)
    rmSync(file)
    await page.getByText('The file is empty').waitFor({ state: 'detached' })
  })

  it('tells what happened as it happens', async () => {
    const page = await browser.openPage(box, `/projects/${id}?tab=history`)
    await untilLive(page)
    await page.getByText('Project found').waitFor()
    box.write('code/orchard/.claude/skills/grafting/SKILL.md', skill('grafting'))
    await page.getByRole('link', { name: 'grafting' }).click()
    await page.getByRole('heading', { level: 1, name: 'grafting' }).waitFor()
  })

  it('reads it again when asked', async () => {
    const page = await browser.openPage(box, `/projects/${id}`)
    await page.getByRole('button', { name: 'Read it again' }).click()
    await page.getByRole('status').getByText('Project updated').waitFor()
  })

  it('says when it is not known any more', async () => {
    const folder = box.addProject('code/fallow')
    const { project } = await box.call('projects.add', { path: folder })
    const page = await browser.openPage(box, `/projects/${project.id}`)
    await untilLive(page)
    await page.getByRole('heading', { level: 1, name: 'fallow' }).waitFor()
    await box.call('projects.remove', { project: project.id })
    await page.getByRole('heading', { level: 1, name: 'No such project' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'All projects' }).click()
    await page.getByRole('grid', { name: 'Projects' }).waitFor()
  })
})
