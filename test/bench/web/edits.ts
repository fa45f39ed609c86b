/** From a saved file to the row that shows it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import type { Bench } from '../bench.ts'
import { buildOwnTree, filesOfProjects, type OwnFile } from '../fresh/tree.ts'
import type { Line } from '../lines.ts'
import { median, p99 } from '../statistics.ts'
import { newContext } from './loads.ts'
import { type Site, startSite } from './site.ts'

const WARM_UP = 10
/** Between two changes, as somebody saves; no less, so that each is one of its own. */
const PAUSE_MS = { least: 60, most: 120 }
/** So much longer is a file with each save that the size in its row is another one. */
const MORE_BYTES = 2_000

export async function measureEdits(bench: Bench, browser: Browser): Promise<Line[]> {
  const own = buildOwnTree(bench, 100)
  const site = await startSite(bench, own.home)
  const context = await newContext(browser)
  const count = bench.options.rounds ?? (bench.options.quick ? 20 : 250)
  try {
    await site.signIn(context)
    const page = await context.newPage()
    const files = await shownFiles(site, filesOfProjects(own.plan))
    await page.goto(`${site.origin}/artifacts?sort=updated&desc=1`)
    await page.evaluate(() => smdBench.firstRows())
    const taken = await saveInTurns(page, files, count)
    return linesOf(taken, site.artifacts)
  } finally {
    await context.close()
    await site.stop()
    own.remove()
  }
}

type Shown = { file: OwnFile; name: string }

/** Skills only: each is one row that shows its size. */
async function shownFiles(site: Site, files: readonly OwnFile[]): Promise<Shown[]> {
  const { items } = await site.call('artifacts.list', { type: 'skill', scope: 'project', limit: 500 })
  return items.flatMap(({ path, name }) => {
    const file = files.find(({ artifact }) => artifact.path === path)
    return file ? [{ file, name }] : []
  })
}

async function saveInTurns(
  page: Page,
  files: readonly Shown[],
  count: number,
): Promise<{ times: number[]; lost: number }> {
  const times: number[] = []
  let lost = 0
  for (let turn = -WARM_UP; turn < count; turn++) {
    const { file, name } = files[Math.floor(Math.random() * files.length)] as Shown
    const content = Buffer.concat([readFileSync(file.path), Buffer.from(`\n${'x'.repeat(MORE_BYTES)}\n`)])
    const offset = await clockOffset(page)
    const next = page.evaluate((text) => smdBench.nextRows(text), name)
    // The page has begun to watch when it has answered something that came later.
    await page.evaluate(() => undefined)
    const start = performance.now()
    writeFileSync(file.path, content)
    const at = await next
    if (turn >= 0 && at !== null) times.push(at - offset - start)
    if (turn >= 0 && at === null) lost++
    await wait(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least))
  }
  return { times, lost }
}

/** How far the clock of the page is ahead of ours, ms, from the quickest of a few answers: to about half a ms. */
async function clockOffset(page: Page): Promise<number> {
  let best = { roundTrip: Number.POSITIVE_INFINITY, offset: 0 }
  for (let i = 0; i < 10; i++) {
    const before = performance.now()
    const there = await page.evaluate(() => performance.now())
    const roundTrip = performance.now() - before
    if (roundTrip < best.roundTrip) best = { roundTrip, offset: there - before - roundTrip / 2 }
  }
  return best.offset
}

function linesOf({ times, lost }: { times: number[]; lost: number }, artifacts: number): Line[] {
  const samples = `${times.length} saves`
  const many = artifacts.toLocaleString('en')
  const line = (id: string, what: string, figure: number, max: number): Line => ({
    id: `web.${id}`,
    what,
    unit: id === 'edit-lost' ? '' : 'ms',
    figure,
    floor: null,
    goal: { kind: 'most', max },
    samples,
  })
  return [
    line('edit', `file saved to its row painted anew, ${many} artifacts`, median(times), 30),
    line('edit-p99', 'same, p99', p99(times), 70),
    line('edit-lost', 'saves of these that no row showed', lost, 0),
  ]
}
