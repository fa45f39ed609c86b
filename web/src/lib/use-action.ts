import { useRef, useState } from 'preact/hooks'
import { notify } from '../components/notices/notices.tsx'
import type { CallError } from './call-error.ts'

/** Tells in a notice why something failed, with a way to try again when there is one. */
export function notifyFailure(error: unknown, retry?: () => void): void {
  const { message, hint } = error as CallError
  notify({
    tone: 'danger',
    text: hint ? `${message} ${hint}` : message,
    ...(retry && { action: { text: 'Retry', act: retry } }),
  })
}

/** Something that a button does, one at a time: whether it is on its way, and what starts it. Failures become notices. */
export function useAction<Args extends unknown[]>(
  act: (...args: Args) => Promise<unknown>,
): { running: boolean; run(...args: Args): void } {
  const [running, setRunning] = useState(false)
  const busy = useRef(false)
  const run = async (...args: Args): Promise<void> => {
    if (busy.current) return
    busy.current = true
    setRunning(true)
    try {
      await act(...args)
    } catch (error) {
      notifyFailure(error, () => void run(...args))
    } finally {
      busy.current = false
      setRunning(false)
    }
  }
  return { running, run: (...args) => void run(...args) }
}
