/** Scrolling: whether the page draws every frame in time. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import type { Bench } from '../bench.ts'
import type { Line } from '../lines.ts'
import { quantile } from '../statistics.ts'
import { newContext } from './loads.ts'
import { type Site, startFloor } from './site.ts'

/** Between two turns of the wheel. */
const TURN_MS = 16
/** The goal: longer than this, and somebody sees it. */
const MOST_MS = 50

type Frames = { frames: number[]; longTasks: number[] }
/** `id` of the line, what is scrolled, and where. */
export type Scrolled = {
  id: string
  what: string
  path: string
  label: string
  site: Site
  sideways: boolean
}

export async function measureFrames(bench: Bench, browser: Browser, scrolled: Scrolled): Promise<Line[]> {
  const { site } = scrolled
  const turns = bench.options.quick ? 60 : 300
  const floor = await startFloor(bench)
  const [plain, context] = [await newContext(browser), await newContext(browser)]
  try {
    await site.signIn(context)
    const [long, page] = [await plain.newPage(), await context.newPage()]
    await long.goto(`${floor.origin}/long`)
    await page.goto(`${site.origin}${scrolled.path}`)
    await page.evaluate(() => smdBench.firstRows())
    const table = page
      .getByRole('grid', { name: scrolled.label })
      .or(page.getByRole('table', { name: scrolled.label }))
    const taken: Frames = { frames: [], longTasks: [] }
    const beside: Frames = { frames: [], longTasks: [] }
    for (const round of bench.options.quick ? [1] : [1, 2, 3]) {
      bench.say(`   ${scrolled.label}, round ${round}`)
      await long.bringToFront()
      await long.mouse.move(400, 400)
      add(beside, await watch(long, () => wheel(long, turns, false)))
      await page.bringToFront()
      await table.hover()
      add(taken, await watch(page, () => wheel(page, turns, scrolled.sideways)))
      await table.focus()
      add(taken, await watch(page, () => keys(page, turns / 3)))
    }
    return [line(scrolled, taken, beside)]
  } finally {
    floor.stop()
    await Promise.all([plain.close(), context.close()])
  }
}

function line({ id, what }: Scrolled, taken: Frames, beside: Frames): Line {
  const late = taken.frames.filter((ms) => ms > MOST_MS).length
  return {
    id: `web.${id}`,
    what: `scrolling ${what} by wheel and keyboard: longest time between two frames`,
    unit: 'ms',
    figure: Math.max(...taken.frames),
    floor: { what: '2,000 plain paragraphs, by wheel', figure: Math.max(...beside.frames) },
    goal: { kind: 'most', max: MOST_MS },
    samples: `${taken.frames.length} frames`,
    remark: `p99 ${quantile(taken.frames, 0.99).toFixed(1)} ms, ${late} over ${MOST_MS} ms, ${taken.longTasks.length} long tasks`,
  }
}

async function watch(page: Page, work: () => Promise<void>): Promise<Frames> {
  await page.evaluate(() => smdBench.startFrames())
  await work()
  return page.evaluate(() => smdBench.stopFrames())
}

function add(all: Frames, more: Frames): void {
  all.frames.push(...more.frames)
  all.longTasks.push(...more.longTasks)
}

/** Down for two thirds, then up again; to the side as well where there is something to see. */
async function wheel(page: Page, turns: number, sideways: boolean): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    const direction = turn % 3 === 2 ? -1 : 1
    await page.mouse.wheel(sideways && turn % 2 === 0 ? direction * 300 : 0, direction * 500)
    await wait(TURN_MS)
  }
}

/** Page by page, to the end and back. */
async function keys(page: Page, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await page.keyboard.press('PageDown')
    await wait(TURN_MS)
  }
  for (const key of ['End', 'PageUp', 'PageUp', 'Home']) {
    await page.keyboard.press(key)
    await wait(TURN_MS * 10)
  }
}
