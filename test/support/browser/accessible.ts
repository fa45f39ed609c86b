import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** What WCAG 2.1 asks for at level A and AA. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']

/** Fails with one paragraph for each thing that axe finds in the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  const barriers = await findBarriers(page)
  if (barriers.length > 0) throw new Error(`${page.url()} keeps people out:\n${barriers.join('\n')}`)
}

/** Each finding as `rule (impact): what to do, where`. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(async (values) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    return axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] })
  }, rules)
  return violations.map(({ id, impact, help, nodes }) =>
    [
      `${id} (${impact}): ${help}`,
      ...nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
    ].join('\n  '),
  )
}
