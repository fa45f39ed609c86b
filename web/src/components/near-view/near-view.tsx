import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

/** How far from the view something is rendered: about two screens, so that it is there before it is seen. */
const MARGIN = '1600px 0px'

type NearViewProps = {
  /** Its height in pixels before it was rendered; the nearer to the truth, the calmer the scrollbar. */
  height: number
  /** Rendered from the start. */
  always?: boolean
  class?: string | undefined
  children: () => ComponentChildren
}

/**
 * Renders a part of something long only when the view comes near, and leaves it then: what was read can be marked, copied
 * and searched. The browser skips painting what is far away (`content-visibility`).
 */
export function NearView({ height, always = false, class: className, children }: NearViewProps) {
  const ref = useRef<HTMLDivElement>(null)
  const [isNear, setNear] = useState(always)
  const isShown = isNear || always
  useEffect(() => {
    const element = ref.current
    if (isShown || !element) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setNear(true)
      },
      { rootMargin: MARGIN },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [isShown])
  const style = isShown
    ? { contentVisibility: 'auto', containIntrinsicHeight: `auto ${height}px` }
    : { height: `${height}px` }
  return (
    <div ref={ref} class={className} style={style}>
      {isShown ? children() : null}
    </div>
  )
}
