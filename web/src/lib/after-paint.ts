/** A tab that nobody looks at paints nothing. */
const LATEST_MS = 100

/** Resolves when what is in the document now was painted. */
export function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    // What is asked for within a frame comes after it was painted.
    requestAnimationFrame(() => setTimeout(resolve))
    setTimeout(resolve, LATEST_MS)
  })
}
