/** From a key to the rows it leads to. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import type { Bench } from '../bench.ts'
import type { Line } from '../lines.ts'
import { median, quantile } from '../statistics.ts'
import { pickWords } from '../words.ts'
import { newContext } from './loads.ts'
import type { Site } from './site.ts'

/** Between two keys of somebody who types quickly. */
const PAUSE_MS = 120

export async function measureTyping(bench: Bench, browser: Browser, site: Site): Promise<Line[]> {
  const { quick } = bench.options
  const words = wordsToType(site, quick ? 4 : 30)
  const context = await newContext(browser)
  const times: number[] = []
  let lost = 0
  try {
    await site.signIn(context)
    const page = await context.newPage()
    await page.goto(`${site.origin}/artifacts`)
    await page.evaluate(() => smdBench.firstRows())
    const box = page.getByRole('main').getByRole('searchbox')
    for (const word of words) {
      await box.fill('')
      await wait(3 * PAUSE_MS)
      await box.focus()
      for (const key of word) {
        const next = page.evaluate(async () => {
          const at = await smdBench.nextRows()
          return at === null ? null : at - smdBench.lastKey()
        })
        await page.keyboard.press(key)
        const ms = await next
        if (ms === null) lost++
        else times.push(ms)
        await wait(PAUSE_MS)
      }
    }
  } finally {
    await context.close()
  }
  const many = site.artifacts.toLocaleString('en')
  return [
    {
      id: `web.typing-${site.artifacts > 50_000 ? 100_000 : 10_000}`,
      what: `key in the search box to painted rows, ${many} artifacts, p95`,
      unit: 'ms',
      figure: quantile(times, 0.95),
      floor: null,
      goal: { kind: 'most', max: 50 },
      samples: `${times.length} keys`,
      remark: `median ${median(times).toFixed(1)} ms, ${lost} keys changed no row`,
    },
  ]
}

/** Frequent and rare words alike, the first letters of each. */
function wordsToType(site: Site, count: number): string[] {
  const { common, rare, typical } = pickWords(site.place.cacheDb)
  const words = [...common, ...typical.map((pair) => pair.split(' ')[0] ?? ''), ...rare]
  const step = Math.max(1, Math.floor(words.length / count))
  return words
    .filter((_, at) => at % step === 0)
    .slice(0, count)
    .map((word) => word.slice(0, 6))
}
