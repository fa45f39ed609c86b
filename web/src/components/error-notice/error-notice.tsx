import type { CallError } from '../../lib/call-error.ts'
import styles from './error-notice.module.css'

/** What went wrong, what to do, and a way to try again. */
export function ErrorNotice({
  error,
  onRetry,
}: {
  error: Pick<CallError, 'message' | 'hint'>
  onRetry?: () => void
}) {
  return (
    <div class={styles.notice} role="alert">
      <p>{error.message}</p>
      {error.hint && <p class={styles.hint}>{error.hint}</p>}
      {onRetry && (
        <button type="button" class="button" onClick={onRetry}>
          Retry
        </button>
      )}
    </div>
  )
}
