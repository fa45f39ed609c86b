import { useEffect, useId, useRef, useState } from 'preact/hooks'
import styles from './menu.module.css'

export type MenuItem = {
  text: string
  /** Keys that do the same, as people read them. */
  keys?: string
  /** It can be reached, and does nothing: what is missing from a menu is looked for elsewhere. */
  isOff?: boolean
  act(): void
}

type Props = {
  /** Names the button, which shows dots alone. */
  label: string
  items: readonly MenuItem[]
  /** Finds the button again when what is around it was moved. */
  id?: string
  /** As assistive technology reads them. */
  shortcuts?: string
  onKeyDown?(event: KeyboardEvent): void
}

/**
 * A button that opens what can be done with the thing it stands beside (WAI-ARIA menu button pattern): arrows, Home, End and
 * first letters go through it, Escape and Tab close it, and the focus goes back to the button.
 */
export function Menu({ label, items, id, shortcuts, onKeyDown }: Props) {
  const [isOpen, setOpen] = useState(false)
  const own = useId()
  const button = useRef<HTMLButtonElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const options = (): HTMLElement[] => [
    ...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? []),
  ]
  useEffect(() => {
    if (isOpen) options()[0]?.focus()
  }, [isOpen])

  const close = (): void => {
    setOpen(false)
    button.current?.focus()
  }
  const onMenuKey = (event: KeyboardEvent): void => {
    const all = options()
    const at = all.indexOf(document.activeElement as HTMLElement)
    const to: Record<string, number> = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    }
    if (event.key === 'Escape' || event.key === 'Tab') close()
    if (event.key === 'Tab') return
    const begins = (index: number): boolean =>
      event.key.length === 1 &&
      event.key !== ' ' &&
      (items[index]?.text.toLowerCase().startsWith(event.key.toLowerCase()) ?? false)
    const next = to[event.key] ?? [...all.keys()].map((_, step) => (at + 1 + step) % all.length).find(begins)
    if (next === undefined && event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    if (next !== undefined) all[next]?.focus()
  }
  return (
    <span
      class={styles.menu}
      onFocusOut={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget as Node | null)) setOpen(false)
      }}
    >
      <button
        ref={button}
        id={id}
        type="button"
        class={`button ${styles.opener}`}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? own : undefined}
        aria-keyshortcuts={shortcuts}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' && !event.altKey) {
            event.preventDefault()
            setOpen(true)
          } else onKeyDown?.(event)
        }}
      >
        <span aria-hidden="true">⋮</span>
      </button>
      {isOpen && (
        // A click in it leaves the focus where it is, in browsers that would take it away.
        <div
          ref={list}
          id={own}
          class={styles.items}
          role="menu"
          aria-label={label}
          tabIndex={-1}
          onKeyDown={onMenuKey}
          onMouseDown={(event) => event.preventDefault()}
        >
          {items.map(({ text, keys, isOff = false, act }) => (
            <button
              key={text}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class={styles.item}
              aria-disabled={isOff}
              onClick={() => {
                if (isOff) return
                close()
                act()
              }}
            >
              {text} {keys && <kbd>{keys}</kbd>}
            </button>
          ))}
        </div>
      )}
    </span>
  )
}
