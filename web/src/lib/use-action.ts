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

type Act<Args extends unknown[]> = (...args: Args) => Promise<unknown>
type Action<Args extends unknown[]> = { running: boolean; run(...args: Args): void }

/** Something that a button does, one at a time: whether it is on its way, and what starts it. Failures become notices. */
export const useAction = <Args extends unknown[]>(act: Act<Args>): Action<Args> =>
  useSingle(act, notifyFailure)

/** As `useAction`, in a modal dialog, which notices are out of reach of: why it failed is for the dialog to show. */
export function useDialogAction<Args extends unknown[]>(
  act: Act<Args>,
): Action<Args> & { error: CallError | null } {
  const [error, setError] = useState<CallError | null>(null)
  const action = useSingle(
    (...args: Args) => {
      setError(null)
      return act(...args)
    },
    (failure) => setError(failure as CallError),
  )
  return { ...action, error }
}

function useSingle<Args extends unknown[]>(
  act: Act<Args>,
  onFailure: (error: unknown, retry: () => void) => void,
): Action<Args> {
  const [running, setRunning] = useState(false)
  const busy = useRef(false)
  const run = async (...args: Args): Promise<void> => {
    if (busy.current) return
    busy.current = true
    setRunning(true)
    try {
      await act(...args)
    } catch (error) {
      onFailure(error, () => void run(...args))
    } finally {
      busy.current = false
      setRunning(false)
    }
  }
  return { running, run: (...args) => void run(...args) }
}
