import { useRef } from 'preact/hooks'

/** The newest answer there is: while another question is on its way, the answer of the one before stays on screen. */
export function useKept<Data>(data: Data | undefined): Data | undefined {
  const kept = useRef(data)
  if (data !== undefined) kept.current = data
  return kept.current
}
