import { createStore, useStore } from '../../lib/store.ts'
import type { Tone } from '../../lib/words.ts'
import styles from './notices.module.css'

export type Notice = {
  text: string
  tone?: Tone
  /** Something is going on: stays until it is taken back. */
  busy?: boolean
  action?: { text: string; act(): void }
}

type Shown = Notice & { id: number }

const SHOWN_MS = 5_000
const shown = createStore<readonly Shown[]>([])
let lastId = 0

/** Shows a short text in the corner and tells it to assistive technology. Returns what takes it away. */
export function notify(notice: Notice): () => void {
  const id = ++lastId
  const remove = (): void => shown.set(shown.get().filter((other) => other.id !== id))
  shown.set([...shown.get().slice(-3), { ...notice, id }])
  // What asks for an answer waits for it.
  if (!notice.busy && !notice.action) setTimeout(remove, SHOWN_MS)
  return remove
}

export function Notices() {
  const all = useStore(shown)
  const isAlert = ({ tone }: Notice): boolean => tone === 'danger'
  return (
    <div class={styles.notices}>
      {/* Both regions stand from the beginning: what is put into a region that is new is not read. */}
      <div role="status">{all.filter((notice) => !isAlert(notice)).map(show)}</div>
      <div role="alert">{all.filter(isAlert).map(show)}</div>
    </div>
  )
}

function show({ id, text, tone = 'neutral', busy, action }: Shown) {
  const remove = (): void => shown.set(shown.get().filter((other) => other.id !== id))
  return (
    <div key={id} class={styles.notice} data-tone={tone}>
      {busy && <span class={styles.spinner} aria-hidden="true" />}
      <span>{text}</span>
      {action && (
        <button
          type="button"
          class="button"
          onClick={() => {
            remove()
            action.act()
          }}
        >
          {action.text}
        </button>
      )}
      {!busy && (
        <button type="button" class={styles.close} aria-label="Close" onClick={remove}>
          ×
        </button>
      )}
    </div>
  )
}
