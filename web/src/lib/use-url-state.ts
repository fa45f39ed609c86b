import { useMemo } from 'preact/hooks'
import { useLocation, useSearch } from './location.tsx'

/**
 * What a view shows, in the query of its address, so that it can be shared and comes back with the back button. Values
 * that equal `defaults` are left out of the address. Setting replaces the entry of the history: typing is no navigation.
 */
export function useUrlState<State extends Record<string, string>>(
  defaults: State,
): [State, (change: Partial<State>) => void] {
  const search = useSearch()
  const [path, navigate] = useLocation()
  const state = useMemo(() => {
    const given = new URLSearchParams(search)
    const pairs = Object.entries(defaults).map(([name, value]) => [name, given.get(name) ?? value])
    return Object.fromEntries(pairs) as State
  }, [search])
  const set = (change: Partial<State>): void => {
    // Of the address as it is now: two changes may come between two renders.
    const next = new URLSearchParams(window.location.search)
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined || value === defaults[name]) next.delete(name)
      else next.set(name, value)
    }
    const query = next.toString()
    navigate(query === '' ? path : `${path}?${query}`, { replace: true })
  }
  return [state, set]
}
