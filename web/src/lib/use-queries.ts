import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Entry, Query } from './query-store.ts'
import { queries } from './use-query.ts'

/**
 * Follows several queries at once, in this order; those that stay are left alone when others come or go, and a call that
 * nobody waits for any more is aborted. They are asked before the next paint, since somebody may be typing.
 */
export function useQueries<Data>(wanted: readonly Query<Data>[]): Entry<Data>[] {
  const [, render] = useState(0)
  const followed = useRef(new Map<string, () => void>())
  const keys = wanted.map(({ key }) => key)

  useLayoutEffect(() => {
    const before = followed.current
    const after = new Map<string, () => void>()
    for (const [key, end] of before) if (!keys.includes(key)) end()
    for (const query of wanted) after.set(query.key, before.get(query.key) ?? follow(query))
    followed.current = after

    function follow(query: Query<Data>): () => void {
      // In this order: that it is asked changes nothing of what is drawn.
      const unfollow = queries.follow(query)
      const unsubscribe = queries.entry(query).subscribe(() => render((count) => count + 1))
      return () => {
        unsubscribe()
        unfollow()
      }
    }
  }, [keys.join('\n')])
  useLayoutEffect(
    () => () => {
      for (const end of followed.current.values()) end()
      followed.current.clear()
    },
    [],
  )
  return wanted.map((query) => queries.entry(query).get())
}
