/** Moving things of a list by the keyboard. */

/** Alt with an arrow moves what has the focus, as far as it goes. */
export function onStepKey(
  event: KeyboardEvent,
  canUp: boolean,
  canDown: boolean,
  step: (by: -1 | 1) => void,
): void {
  const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : null
  if (by === null || !event.altKey || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  if (by === -1 ? canUp : canDown) step(by)
}

/**
 * Once what was moved is drawn in its new place, the element of this id gets the focus; where there is none, as in a group
 * that is closed, the one after it.
 */
export function keepFocus(...ids: readonly string[]): void {
  requestAnimationFrame(() => {
    for (const id of ids) {
      const element = document.getElementById(id)
      if (!element) continue
      element.focus()
      return
    }
  })
}
