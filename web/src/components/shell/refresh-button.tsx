import { useCacheRefresh } from '../../lib/use-cache-refresh.ts'
import { useCacheStatus } from '../../lib/use-cache-status.ts'
import { shortcutAria, shortcutText, useShortcut } from '../../lib/use-shortcut.ts'
import { Age } from '../age/age.tsx'
import { Icon } from '../icon/icon.tsx'
import styles from './shell.module.css'

const refreshKey = { key: 'r', mod: true, shift: true }

/** Reads everything again; tells how old the picture is, and how far a running refresh is (CACHE-3.4). */
export function RefreshButton() {
  const { running, done, total, refresh } = useCacheRefresh()
  const { status } = useCacheStatus()
  useShortcut(refreshKey, () => refresh())
  const at = status?.lastRefreshAt ?? null
  const progress = total > 0 ? `${done} of ${total}` : 'Reading…'
  return (
    <>
      <span class={styles.age}>{running ? progress : at !== null && <Age at={at} what="Updated" />}</span>
      <button
        type="button"
        class="button"
        disabled={running}
        aria-busy={running}
        aria-keyshortcuts={shortcutAria(refreshKey)}
        title={`Read everything again (${shortcutText(refreshKey)})`}
        onClick={() => refresh()}
      >
        <Icon name="refresh" class={running ? styles.turning : undefined} />
        <span class={styles.word}>Refresh</span>
      </button>
    </>
  )
}
