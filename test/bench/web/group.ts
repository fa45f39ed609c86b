/** Whether the page is as quick as promised, in a real Chromium. */
import type { Browser } from 'playwright-core'
import { launchChromium } from '../../support/browser/chromium.ts'
import type { Bench } from '../bench.ts'
import type { Group, Line } from '../lines.ts'
import { measureEdits } from './edits.ts'
import { measureFrames } from './frames.ts'
import { measureLoads } from './loads.ts'
import { measureTyping } from './search.ts'
import { startSite } from './site.ts'
import { measureTabs } from './tabs.ts'
import { writePlainTree } from './trees.ts'
import { measureWeight } from './weight.ts'

export async function measureWeb(bench: Bench): Promise<Group> {
  const browser = await launchChromium()
  try {
    return {
      name: 'web',
      title: 'The page',
      about: `Chromium ${browser.version()} without a window, warm, a new tab for each load, nothing in its caches and nothing stored by the page; the trivial page is one paragraph from a plain HTTP server. "Painted" is the second frame after the rows are in the document.`,
      lines: [
        ...(await part(bench, 'loads', () => measureLoads(bench, browser))),
        ...(await part(bench, 'saved files', () => measureEdits(bench, browser))),
        ...(await part(bench, '10,000 artifacts', () => measureMany(bench, browser, 100))),
        ...(await part(bench, '100,000 artifacts', () => measureMany(bench, browser, 1_000))),
        ...(await part(bench, 'matrix', () => measureMatrix(bench, browser))),
        ...(await part(bench, 'open pages', () => measureTabs(bench, browser))),
      ],
    }
  } finally {
    await browser.close()
  }
}

/** The whole takes minutes. */
async function part(bench: Bench, what: string, measure: () => Promise<Line[]>): Promise<Line[]> {
  bench.say(`-- ${what}`)
  return measure()
}

async function measureMany(bench: Bench, browser: Browser, projects: 100 | 1_000): Promise<Line[]> {
  const site = await startSite(bench, bench.tree(projects).home)
  try {
    const typing = await measureTyping(bench, browser, site)
    if (projects === 100) return [...(await measureWeight(bench, browser, site)), ...typing]
    const what = `${site.artifacts.toLocaleString('en')} artifacts`
    const scrolled = { id: 'scroll-artifacts', what, path: '/artifacts', label: 'Artifacts', sideways: false }
    return [...typing, ...(await measureFrames(bench, browser, { ...scrolled, site }))]
  } finally {
    await site.stop()
  }
}

async function measureMatrix(bench: Bench, browser: Browser): Promise<Line[]> {
  const home = writePlainTree(bench, { name: 'matrix', projects: 200, each: 100, names: 2_000 })
  const site = await startSite(bench, home)
  try {
    const what = 'a matrix of 2,000 artifacts and 200 projects'
    const scrolled = {
      id: 'scroll-matrix',
      what,
      path: '/matrix',
      label: 'Artifacts by place',
      sideways: true,
    }
    return await measureFrames(bench, browser, { ...scrolled, site })
  } finally {
    await site.stop()
  }
}
