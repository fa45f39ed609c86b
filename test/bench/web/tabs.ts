/** What open pages cost the daemon. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import type { Bench } from '../bench.ts'
import type { Line } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { memoryOf } from '../processes.ts'
import { median } from '../statistics.ts'
import { newContext } from './loads.ts'
import { startSite } from './site.ts'

const MB = 1e6
/** Until the memory of a start, or of what the pages asked for, was given back. */
const SETTLE_MS = 5_000
const paths = ['/', '/projects', '/artifacts', '/matrix', '/health']

export async function measureTabs(bench: Bench, browser: Browser): Promise<Line[]> {
  if (process.platform !== 'linux') return []
  const settle = bench.options.quick ? 1_500 : SETTLE_MS
  const rounds = roundsOf(bench.options, 5, 1)
  const grown: number[] = []
  let artifacts = 0
  for (let round = 0; round < rounds; round++) {
    const site = await startSite(bench, bench.tree(100).home)
    const context = await newContext(browser)
    try {
      artifacts = site.artifacts
      await site.signIn(context)
      await wait(settle)
      const before = memoryOf(site.pid, 'VmRSS') ?? Number.NaN
      for (const path of paths) {
        const page = await context.newPage()
        await page.goto(`${site.origin}${path}`, { waitUntil: 'networkidle' })
      }
      await wait(settle)
      grown.push(((memoryOf(site.pid, 'VmRSS') ?? Number.NaN) - before) / MB)
    } finally {
      await context.close()
      await site.stop()
    }
  }
  return [
    {
      id: 'web.tabs',
      what: `memory of the daemon that 5 open pages add (VmRSS), ${artifacts.toLocaleString('en')} artifacts`,
      unit: 'MB',
      figure: median(grown),
      floor: null,
      goal: { kind: 'most', max: 15 },
      samples: `${rounds} rounds`,
    },
  ]
}
