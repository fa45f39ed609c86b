import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import type { CallError } from '../../lib/call-error.ts'
import { Link } from '../../lib/location.tsx'
import { ErrorNotice } from '../error-notice/error-notice.tsx'
import styles from './card.module.css'

type Props = {
  title: string
  /** Where there is more of it, below the base path. */
  href?: string
  /** Beside the title. */
  beside?: ComponentChildren
  /** Lines that stand in for what is on its way, at the very first load. */
  loading?: boolean
  error?: CallError | null
  onRetry?(): void
  children?: ComponentChildren
}

/** One part of a view with a heading of its own; what fails in it is said in it. */
export function Card({ title, href, beside, loading = false, error, onRetry, children }: Props) {
  const id = useId()
  return (
    <section class={styles.card} aria-labelledby={id} aria-busy={loading}>
      <header class={styles.head}>
        <h2 id={id}>{href ? <Link href={href}>{title}</Link> : title}</h2>
        {beside}
      </header>
      {error && <ErrorNotice error={error} {...(onRetry && { onRetry })} />}
      {loading && !error ? (
        <div class={styles.skeleton} role="status">
          <span class="hidden">Reading…</span>
          <span />
          <span />
          <span />
        </div>
      ) : (
        children
      )}
    </section>
  )
}
