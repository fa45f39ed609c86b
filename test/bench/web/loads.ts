/** From the navigation to what somebody sees, beside the trivial page. */
import type { Browser, BrowserContext } from 'playwright-core'
import type { Bench } from '../bench.ts'
import type { Line } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { interleave, median, quantile } from '../statistics.ts'
import { addInPage } from './in-page.ts'
import { type Site, startFloor, startSite } from './site.ts'
import { writePlainTree } from './trees.ts'

const pages = ['projects', 'artifacts'] as const
type Load = { page: (typeof pages)[number]; rows: number; site: Site; context: BrowserContext }
/** ms since the navigation began. */
type Shown = { firstPaint: number; firstRows: number }

export async function measureLoads(bench: Bench, browser: Browser): Promise<Line[]> {
  const floor = await startFloor(bench)
  const plain = await newContext(browser)
  const loads: Load[] = []
  const sites: Site[] = []
  try {
    for (const rows of [1_000, 10_000]) {
      // One of each: both tables have so many rows.
      const home = writePlainTree(bench, { name: `rows-${rows}`, projects: rows, each: 1, names: rows })
      const site = await startSite(bench, home)
      sites.push(site)
      const context = await newContext(browser)
      await site.signIn(context)
      loads.push(...pages.map((page) => ({ page, rows, site, context })))
    }
    const rounds = roundsOf(bench.options, 25, 2)
    const shown = new Map<Load, Shown[]>(loads.map((load) => [load, []]))
    const keyOf = ({ page, rows }: Load): string => `${page}-${rows}`
    const taken = await interleave(
      { rounds, warmUp: 2 },
      {
        floor: async () => (await show(plain, `${floor.origin}/`, false)).firstPaint,
        ...Object.fromEntries(
          loads.map((load) => [
            keyOf(load),
            async () => {
              const one = await show(load.context, `${load.site.origin}/${load.page}`, true)
              shown.get(load)?.push(one)
              return one.firstRows
            },
          ]),
        ),
      },
    )
    return loads.flatMap((load) =>
      linesOf(load, (shown.get(load) ?? []).slice(-rounds), (taken as { floor: number[] }).floor),
    )
  } finally {
    floor.stop()
    for (const site of sites) await site.stop()
  }
}

function linesOf({ page, rows }: Load, shown: readonly Shown[], floor: readonly number[]): Line[] {
  const samples = `${shown.length} loads`
  const many = rows.toLocaleString('en')
  const line = (key: keyof Shown, id: string, what: string, max: number): Line => {
    const times = shown.map((one) => one[key])
    return {
      id: `web.${id}-${page}-${rows}`,
      what: `page of ${many} ${page}: ${what}`,
      unit: 'ms',
      figure: median(times),
      floor: { what: 'first paint of the trivial page', figure: median(floor) },
      goal: { kind: 'ratio', max },
      samples,
      remark: `p90 ${Math.round(quantile(times, 0.9))} ms, floor ${Math.round(quantile(floor, 0.9))} ms`,
    }
  }
  return [
    line('firstPaint', 'paint', 'first contentful paint', 1.3),
    line('firstRows', 'rows', 'first rows painted', 2.3),
  ]
}

export async function newContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  await addInPage(context)
  return context
}

/** One load in a new tab, with nothing of an earlier one but the session. */
async function show(context: BrowserContext, url: string, withRows: boolean): Promise<Shown> {
  const page = await context.newPage()
  try {
    const devTools = await context.newCDPSession(page)
    await devTools.send('Network.enable')
    await devTools.send('Network.setCacheDisabled', { cacheDisabled: true })
    // The page keeps its last answers; who opens it for the first time has none.
    const storageTypes = 'local_storage,indexeddb,cache_storage,service_workers'
    await devTools.send('Storage.clearDataForOrigin', { origin: new URL(url).origin, storageTypes })
    await page.goto(url, { waitUntil: 'commit' })
    return await page.evaluate(
      async (rows) => ({
        firstPaint: await smdBench.firstPaint(),
        firstRows: rows ? await smdBench.firstRows() : Number.NaN,
      }),
      withRows,
    )
  } finally {
    await page.close()
  }
}
