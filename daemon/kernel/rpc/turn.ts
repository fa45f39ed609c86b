/** The daemon answers in one thread: whoever needs it for long lets the others have their turn. */

/** Work of one caller, or of all in one round of the event loop, in ms, after which others come first. */
export const TURN_MS = 5

/** Resolves when everybody else had a turn. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Those who may ask in the same moment; one alone keeps nobody waiting. */
let clients = 0
export const joinTurns = (): void => void clients++
export const leaveTurns = (): void => void clients--

/** Work that waits for the next round, oldest first. */
const waiting: Array<() => void> = []
/** When work of this round began; null before the first of it. */
let roundStart: number | null = null

/**
 * Runs `work` at once, or in a later round of the event loop when this one has had its share: thirty clients that ask
 * in the same moment would otherwise keep timers and everybody else waiting until the last of them is answered.
 */
export function inTurn(work: () => void): void {
  if (waiting.length > 0 || (clients > 1 && isOver())) {
    waiting.push(work)
    setImmediate(runNext)
  } else work()
}

function runNext(): void {
  if (isOver()) return void setImmediate(runNext)
  waiting.shift()?.()
}

function isOver(): boolean {
  if (roundStart === null) {
    roundStart = performance.now()
    setImmediate(() => {
      roundStart = null
    })
    return false
  }
  return performance.now() - roundStart > TURN_MS
}
