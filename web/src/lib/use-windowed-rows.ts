import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { whenIdle } from './when-idle.ts'

/** Rows beyond the visible ones, on each side: what a turn of a wheel brings in is there before it is painted. */
const OVERSCAN = 10

export type WindowedRows = {
  /** To be put on the element that scrolls. */
  ref: { current: HTMLDivElement | null }
  /** First row to render, and the one after the last. */
  first: number
  end: number
  /** Whole rows that fit. */
  pageSize: number
  onScroll(): void
  /** Scrolls as little as brings a row into view. */
  reveal(index: number): void
}

/**
 * Which of `count` rows of equal height have to be rendered. `headHeight` is what stands above them and stays in view.
 * `memory` names the list: the place it was left at comes back with it, within one visit.
 */
export function useWindowedRows(
  count: number,
  rowHeight: number,
  headHeight: number,
  memory: string,
): WindowedRows {
  const ref = useRef<HTMLDivElement>(null)
  /** The list that stands there. */
  const shown = useRef<string | null>(null)
  const [top, setTop] = useState(() => Math.floor((places.get(memory) ?? 0) / rowHeight))
  // Before the first layout the window is the best guess.
  const [height, setHeight] = useState(window.innerHeight)

  // At first only what can be seen, so that it is seen sooner.
  const [overscan, setOverscan] = useState(0)
  useEffect(() => whenIdle(() => setOverscan(OVERSCAN)), [])

  useLayoutEffect(() => {
    const scroller = ref.current
    const place = places.get(memory) ?? 0
    // A list that is shown for the first time stands at its beginning; asking for that would lay everything out.
    if (!scroller || (place === 0 && shown.current === null)) {
      shown.current = memory
      return
    }
    shown.current = memory
    scroller.scrollTop = place
    setTop(Math.floor(scroller.scrollTop / rowHeight))
  }, [memory])
  useEffect(() => {
    const scroller = ref.current
    if (!scroller || !('ResizeObserver' in window)) return
    const observer = new ResizeObserver(() => setHeight(scroller.clientHeight))
    observer.observe(scroller)
    return () => observer.disconnect()
  }, [])

  const visible = Math.max(1, Math.ceil((height - headHeight) / rowHeight))
  const last = Math.max(0, count - visible)
  const start = Math.min(top, last)
  return {
    ref,
    first: Math.max(0, start - overscan),
    end: Math.min(count, start + visible + overscan),
    pageSize: Math.max(1, visible - 1),
    onScroll() {
      const scroller = ref.current
      if (!scroller) return
      places.set(memory, scroller.scrollTop)
      setTop(Math.floor(scroller.scrollTop / rowHeight))
    },
    reveal(index) {
      const scroller = ref.current
      if (!scroller) return
      const from = index * rowHeight
      const room = scroller.clientHeight - headHeight - rowHeight
      if (from < scroller.scrollTop) scroller.scrollTop = from
      else if (from > scroller.scrollTop + room) scroller.scrollTop = from - room
    },
  }
}

/** Where lists were left, by name. */
const places = new Map<string, number>()
