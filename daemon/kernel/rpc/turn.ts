/** The daemon answers in one thread: whoever needs it for long lets the others have their turn. */

/** Work of one caller, in ms, after which others come first. */
export const TURN_MS = 5

/** Resolves when everybody else had a turn. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
