import { useEffect, useRef } from 'preact/hooks'

/** Does something again and again while somebody can see the page, and once when they can again. */
export function useWhileVisible(everyMs: number, act: () => void): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState === 'visible') latest.current()
    }
    const timer = setInterval(look, everyMs)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [everyMs])
}
