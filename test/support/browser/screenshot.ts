import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** Keeps a picture of the page as `name`.png in the folder `SMD_TEST_SCREENSHOTS`; nothing where that is not set. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.SMD_TEST_SCREENSHOTS
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}
