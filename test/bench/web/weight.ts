/** How much JavaScript the page is. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { constants, gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import type { Bench } from '../bench.ts'
import type { Line } from '../lines.ts'
import { newContext } from './loads.ts'
import type { Site } from './site.ts'

const KB = 1e3

export async function measureWeight({ dist }: Bench, browser: Browser, site: Site): Promise<Line[]> {
  const folder = join(dist, 'web')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.m?js$/.test(name),
  )
  const sizes = new Map(files.map((name) => [basename(name), gzipped(join(folder, name))]))
  const first = await scriptsOf(browser, site, '/')
  const sum = (names: readonly string[]): number =>
    names.reduce((total, name) => total + (sizes.get(name) ?? Number.NaN), 0) / KB
  const line = (id: string, what: string, names: readonly string[], max: number): Line => ({
    id: `web.${id}`,
    what,
    unit: 'kB',
    figure: sum(names),
    floor: null,
    goal: { kind: 'most', max },
    samples: `${names.length} files`,
  })
  return [
    line('script-first', 'JavaScript that the first route loads, gzip', first, 25),
    line('script-all', 'JavaScript in all, gzip', [...sizes.keys()], 90),
  ]
}

function gzipped(file: string): number {
  return gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION }).length
}

/** Names of the script files that a page asks for until nothing more comes. */
async function scriptsOf(browser: Browser, site: Site, path: string): Promise<string[]> {
  const context = await newContext(browser)
  await site.signIn(context)
  const page = await context.newPage()
  const names = new Set<string>()
  page.on('request', (request) => {
    if (request.resourceType() === 'script') names.add(basename(new URL(request.url()).pathname))
  })
  await page.goto(`${site.origin}${path}`, { waitUntil: 'networkidle' })
  await context.close()
  return [...names]
}
