import { createStore, useStore } from './store.ts'

const TICK_MS = 30_000
const now = createStore(Date.now())
let ticking = false

/** The time, Unix ms, and a new one every half minute: for ages that are shown. */
export function useNow(): number {
  if (!ticking) {
    ticking = true
    setInterval(() => now.set(Date.now()), TICK_MS)
  }
  return Math.max(useStore(now), 0)
}
