import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import styles from './page.module.css'

type Props = {
  title: string
  /** Beside the title, such as a count or a badge. */
  beside?: ComponentChildren
  /** At the end of the line, such as buttons. */
  actions?: ComponentChildren
  /** Fills the window: what is inside scrolls by itself. */
  fills?: boolean
  /** Something on it is being read. */
  busy?: boolean
  children: ComponentChildren
}

/** One view: its heading, which gets the focus when the view is entered, and what it shows. */
export function Page({ title, beside, actions, fills = false, busy = false, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · smd`
  }, [title])
  useEffect(() => {
    // At the very first view the page itself is announced; later ones are entered by a link that is gone now.
    if (entered && document.activeElement === document.body) heading.current?.focus({ preventScroll: true })
    entered = true
  }, [])
  return (
    <section
      class={styles.page}
      data-fills={fills ? '' : undefined}
      aria-labelledby="page-title"
      aria-busy={busy}
    >
      <header class={styles.head}>
        <h1 id="page-title" ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {beside}
        <span class={styles.space} />
        {actions}
      </header>
      {children}
    </section>
  )
}

let entered = false
