import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'
import { formatCount } from '../../lib/format.ts'
import styles from './tabs.module.css'

export type Tab = {
  id: string
  name: string
  /** How many things it holds. */
  count?: number | undefined
}

type Props = {
  label: string
  tabs: readonly Tab[]
  chosen: string
  onChoose(id: string): void
  /** Fills what is left of the window: what is inside scrolls by itself. */
  fills?: boolean
  /** What the chosen one shows. */
  children: ComponentChildren
}

/** Parts of a view of which one is shown; arrows, Home and End go through them (WAI-ARIA tabs pattern). */
export function Tabs({ label, tabs, chosen, onChoose, fills = false, children }: Props) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const at = tabs.findIndex((tab) => tab.id === chosen)
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at + tabs.length - 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    }[event.key]
    const tab = next === undefined ? undefined : tabs[next]
    if (!tab) return
    event.preventDefault()
    onChoose(tab.id)
    list.current?.querySelectorAll<HTMLElement>('[role="tab"]')[next as number]?.focus()
  }
  return (
    <>
      <div ref={list} role="tablist" class={styles.list} aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`${id}-${tab.id}`}
            type="button"
            role="tab"
            class={styles.tab}
            aria-selected={tab.id === chosen}
            aria-controls={tab.id === chosen ? `${id}-panel` : undefined}
            tabIndex={tab.id === chosen ? 0 : -1}
            onClick={() => onChoose(tab.id)}
          >
            {tab.name}
            {tab.count !== undefined && <span class={styles.count}>{formatCount(tab.count)}</span>}
          </button>
        ))}
      </div>
      <div
        id={`${id}-panel`}
        role="tabpanel"
        class={styles.panel}
        data-fills={fills ? '' : undefined}
        aria-labelledby={`${id}-${chosen}`}
      >
        {children}
      </div>
    </>
  )
}
