import type { ComponentType, FunctionComponent } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'

/**
 * A component whose code is loaded when it is shown for the first time; until then nothing is. Code that cannot be loaded
 * is an error of the view: the daemon was replaced by another version, or is gone. `prepare` runs while it is loaded.
 */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  prepare?: () => void,
): FunctionComponent<Props> {
  let loaded: ComponentType<Props> | null = null
  return function Lazy(props: Props) {
    const [, render] = useState(0)
    const [error, setError] = useState<Error | null>(null)
    // Before the paint: nothing is gained by asking after it.
    useLayoutEffect(() => {
      if (loaded) return
      prepare?.()
      load().then((component) => {
        loaded = component
        render((count) => count + 1)
      }, setError)
    }, [])
    if (error) throw new Error(`its code could not be loaded (${error.message})`)
    const Loaded = loaded
    return Loaded ? <Loaded {...props} /> : null
  }
}
