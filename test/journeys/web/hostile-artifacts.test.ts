/** Artifacts that want to harm whoever looks at them, in a real browser against a real daemon. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useBrowser } from '../../support/browser/use-browser.ts'
import { createWebBox, type WebBox } from '../../support/browser/web-box.ts'

const hostile = [
  '# Attack',
  '<script>window.attacked = "script"</script>',
  '<img src="x" onerror="window.attacked = \'image\'">',
  '<iframe src="https://example.com/"></iframe>',
  '<svg onload="window.attacked = \'svg\'"></svg>',
  '[a link](javascript:window.attacked="link") and [data](data:text/html,<script>1</script>)',
  '![a picture](https://example.com/picture.png)',
  '<style>body { display: none }</style>',
  '<form action="https://example.com/"><input name="x"></form>',
]

describe('hostile artifacts', () => {
  const browser = useBrowser()
  let box: WebBox
  beforeAll(async () => {
    box = createWebBox()
    box.write(
      'code/quail/.claude/skills/quail-attack/SKILL.md',
      `---\nname: quail-attack\ndescription: <img src=x onerror="window.attacked=1">\n---\n\n${hostile.join('\n\n')}\n`,
    )
    await box.start()
  })
  afterAll(() => box.dispose())

  it('run nothing of what they contain, load nothing from elsewhere, and lead nowhere by a script', async () => {
    const page = await browser.openPage(box, '/artifacts?q=quail-attack')
    await page.getByRole('grid', { name: 'Artifacts' }).getByRole('link', { name: 'quail-attack' }).click()
    await page.getByRole('heading', { name: 'Attack', exact: true }).waitFor()
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
})
