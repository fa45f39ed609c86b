/** Runs in the measured pages, before their own scripts. */
import type { BrowserContext } from 'playwright-core'

/** What measured pages offer to the benchmark, as `smdBench`. Times are ms since the navigation began. */
export type InPage = {
  /** When something was painted first. */
  firstPaint(): Promise<number>
  /** When the first rows of the page's table were painted. */
  firstRows(): Promise<number>
  /**
   * Waits for what changes rows from now on; resolves when that is painted, or to null when nothing did in time. `text`:
   * the row that shows this has to change.
   */
  nextRows(text?: string): Promise<number | null>
  /** When the last key was pressed, as the browser took it. */
  lastKey(): number
  /** Watches frames until `stopFrames`. */
  startFrames(): void
  /** Times between frames, ms, and tasks that kept the page from drawing (50 ms and more). */
  stopFrames(): { frames: number[]; longTasks: number[] }
}

declare global {
  var smdBench: InPage
}

/** Cells make a row of a table that has something in it; a placeholder has none. */
export const rowSelector = '[role="row"]:has([role="gridcell"]), tbody tr:has(td)'

/** Long enough for any machine: what has not come by then is lost. */
const LOST_MS = 5_000

/** Gives all pages of a context an `smdBench`. */
export async function addInPage(context: BrowserContext): Promise<void> {
  await context.addInitScript(inPage, { rowSelector, lostMs: LOST_MS })
}

/** Complete in itself: it is sent as text. */
function inPage({ rowSelector, lostMs }: { rowSelector: string; lostMs: number }): void {
  /** A frame that was asked for within another one is drawn after that one. */
  const painted = (): Promise<number> =>
    new Promise((resolve) =>
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now()))),
    )
  const firstRows = new Promise<number>((resolve) => {
    const observer = new MutationObserver(() => {
      if (!document.querySelector(rowSelector)) return
      observer.disconnect()
      resolve(painted())
    })
    observer.observe(document, { childList: true, subtree: true })
  })
  const firstPaint = new Promise<number>((resolve) => {
    new PerformanceObserver((list, observer) => {
      const [entry] = list.getEntriesByName('first-contentful-paint')
      if (!entry) return
      observer.disconnect()
      resolve(entry.startTime)
    }).observe({ type: 'paint', buffered: true })
  })
  const elementOf = (node: Node): Element | null => (node instanceof Element ? node : node.parentElement)
  let lastKey = Number.NaN
  addEventListener(
    'keydown',
    ({ timeStamp }) => {
      lastKey = timeStamp
    },
    { capture: true },
  )

  let watching: { frames: number[]; longTasks: number[]; observer: PerformanceObserver } | null = null
  const frame =
    (before: number) =>
    (now: number): void => {
      if (!watching) return
      watching.frames.push(now - before)
      requestAnimationFrame(frame(now))
    }

  const bench: InPage = {
    firstPaint: () => firstPaint,
    firstRows: () => firstRows,
    nextRows: (text) =>
      new Promise((resolve) => {
        const done = (at: number | null): void => {
          clearTimeout(lost)
          observer.disconnect()
          resolve(at)
        }
        const lost = setTimeout(done, lostMs, null)
        const observer = new MutationObserver((changes) => {
          const isWanted = (row: Element | null | undefined): boolean =>
            row != null && (text === undefined || (row.textContent ?? '').includes(text))
          const rows = changes.flatMap(({ target, addedNodes }) => [
            elementOf(target)?.closest(rowSelector),
            ...[...addedNodes].map((node) => elementOf(node)?.querySelector(rowSelector)),
          ])
          if (!rows.some(isWanted)) return
          observer.disconnect()
          void painted().then(done)
        })
        const main = document.querySelector('main') ?? document.body
        observer.observe(main, { childList: true, subtree: true, characterData: true, attributes: true })
      }),
    lastKey: () => lastKey,
    startFrames() {
      const longTasks: number[] = []
      const observer = new PerformanceObserver((list) => {
        longTasks.push(...list.getEntries().map(({ duration }) => duration))
      })
      observer.observe({ type: 'longtask' })
      watching = { frames: [], longTasks, observer }
      requestAnimationFrame((now) => requestAnimationFrame(frame(now)))
    },
    stopFrames() {
      if (!watching) throw new Error('nothing is watched')
      const { frames, longTasks, observer } = watching
      watching = null
      observer.disconnect()
      return { frames, longTasks }
    },
  }
  globalThis.smdBench = bench
}
