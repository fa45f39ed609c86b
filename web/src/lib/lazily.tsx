import type { ComponentType, FunctionComponent } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'

/** A component whose code is loaded when it is first wanted. */
export type Lazy<Props extends object> = FunctionComponent<Props> & {
  /** Loads its code and what else it needs, ahead of showing it. Resolves when it can be shown, or will not be. */
  ask(): Promise<void>
}

/**
 * A component whose code is loaded when it is shown for the first time; until then nothing is. Code that cannot be loaded
 * is an error of the view: the daemon was replaced by another version, or is gone. `prepare` asks for what it will show,
 * while its code is loaded.
 */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  prepare: () => Promise<void> = async () => undefined,
): Lazy<Props> {
  let loaded: ComponentType<Props> | null = null
  let loading: Promise<void> | null = null
  const loadOnce = (): Promise<void> => {
    loading ??= load().then(
      (component) => {
        loaded = component
      },
      (error) => {
        // The next one who wants it tries again.
        loading = null
        throw error
      },
    )
    return loading
  }
  function Lazily(props: Props) {
    const [, render] = useState(0)
    const [error, setError] = useState<Error | null>(null)
    // Before the paint: nothing is gained by asking after it.
    useLayoutEffect(() => {
      if (loaded) return
      void prepare()
      loadOnce().then(() => render((count) => count + 1), setError)
    }, [])
    if (error) throw new Error(`its code could not be loaded (${error.message})`)
    const Loaded = loaded
    return Loaded ? <Loaded {...props} /> : null
  }
  return Object.assign(Lazily, {
    async ask() {
      // Who shows it sees the failure.
      await Promise.all([prepare(), loadOnce().catch(() => undefined)])
    },
  })
}
