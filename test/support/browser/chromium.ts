/** The browser of the tests of the page: Chromium as the system has it. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/** Names that systems give it, those of Debian first. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * Where Chromium is: the file named by `SMD_TEST_CHROMIUM`, or the first one on the path. Throws when there is none:
 * tests of the page are not left out because nothing can run them.
 */
export function findChromium(env: NodeJS.ProcessEnv): string {
  if (env.SMD_TEST_CHROMIUM) return env.SMD_TEST_CHROMIUM
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
  if (found) return found
  throw new Error(
    'The tests of the page need Chromium, and there is none on the path. Install the package chromium ' +
      '(Debian: apt-get install chromium), or name the program in SMD_TEST_CHROMIUM.',
  )
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Starts it without a window. The caller closes it; it ends with this process at the latest. */
export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(process.env),
    // Its sandbox refuses to work for root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [...args],
  })
}
