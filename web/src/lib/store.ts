import { useEffect, useState } from 'preact/hooks'

/** One value that components follow. */
export type Store<Value> = {
  get(): Value
  set(value: Value): void
  /** Returns what ends it. */
  subscribe(listener: () => void): () => void
}

export function createStore<Value>(first: Value): Store<Value> {
  let value = first
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** The value of a store; renders again when it changes. */
export function useStore<Value>(store: Pick<Store<Value>, 'get' | 'subscribe'>): Value {
  const [, render] = useState(0)
  const value = store.get()
  useEffect(() => {
    const update = (): void => render((count) => count + 1)
    // It may have changed between this render and now.
    if (!Object.is(store.get(), value)) update()
    return store.subscribe(update)
  }, [store])
  return value
}
