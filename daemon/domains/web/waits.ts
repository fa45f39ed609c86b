import type { Timers } from '../../kernel/timers.ts'

/**
 * Tells, as often as it is asked, whether something ends, in success or failure, before so many ms have passed. It is
 * listened to once: what is added to a promise stays with it until it settles.
 */
export function waitsFor(end: Promise<unknown>, timers: Timers): (ms: number) => Promise<boolean> {
  let isOver = false
  let wake = (): void => undefined
  const over = (): void => {
    isOver = true
    wake()
  }
  end.then(over, over)
  return (ms) =>
    new Promise((resolve) => {
      if (isOver) return resolve(true)
      const cancel = timers.after(ms, () => resolve(false))
      wake = () => {
        cancel()
        resolve(true)
      }
    })
}
