/** At most so long something waits for the browser to have nothing else to do, in ms. */
const LATEST_MS = 1_000

/** Does what can wait until what is shown was painted. */
export function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: LATEST_MS })
  else setTimeout(work, 200)
}
