import { useEffect, useRef } from 'preact/hooks'

/** A key with the keys held along; `mod` is Command on a Mac and Control elsewhere. */
export type Shortcut = { key: string; mod?: boolean; shift?: boolean }

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** Whether an event is this shortcut. Single letters do not count while somebody types. */
export function isShortcut(event: KeyboardEvent, { key, mod = false, shift }: Shortcut): boolean {
  if (event.key.toLowerCase() !== key.toLowerCase() || event.altKey) return false
  if ((isMac ? event.metaKey : event.ctrlKey) !== mod || (isMac ? event.ctrlKey : event.metaKey)) return false
  if (shift !== undefined && event.shiftKey !== shift) return false
  return mod || !isTyping(event.target)
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

/** Calls `act` for a shortcut anywhere on the page, instead of what the browser does; not while a dialog is open. */
export function useShortcut(shortcut: Shortcut, act: () => void, { inDialogs = false } = {}): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!isShortcut(event, shortcut) || event.defaultPrevented) return
      if (!inDialogs && document.querySelector('dialog[open]')) return
      event.preventDefault()
      latest.current()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [shortcut.key, shortcut.mod, shortcut.shift, inDialogs])
}

/** As people read it: `Ctrl+K`, `⌘K`. */
export function shortcutText({ key, mod, shift }: Shortcut): string {
  const name = key.length === 1 ? key.toUpperCase() : key
  if (isMac) return `${shift ? '⇧' : ''}${mod ? '⌘' : ''}${name}`
  return `${mod ? 'Ctrl+' : ''}${shift ? 'Shift+' : ''}${name}`
}

/** As assistive technology reads it (WAI-ARIA, aria-keyshortcuts). */
export const shortcutAria = ({ key, mod, shift }: Shortcut): string =>
  `${mod ? (isMac ? 'Meta+' : 'Control+') : ''}${shift ? 'Shift+' : ''}${key.toUpperCase()}`
