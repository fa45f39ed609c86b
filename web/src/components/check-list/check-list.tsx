import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { formatCount } from '../../lib/format.ts'
import styles from './check-list.module.css'

export type CheckItem = {
  id: string
  name: string
  /** Beside the name, e.g. a path. */
  beside?: ComponentChildren
  /** Why it cannot be chosen. */
  problem?: string | undefined
}

type Props = {
  /** What is chosen from it. */
  legend: string
  /** What no choice means. */
  none?: string
  items: readonly CheckItem[]
  chosen: ReadonlySet<string>
  onChoose(chosen: ReadonlySet<string>): void
}

/** So many items are looked through without a filter. */
const SHORT = 8
/** So many are in the document; the filter reaches the others. */
const SHOWN = 200

/** Several of a list, which may be long: it is filtered by what is typed, and chosen from as a whole. */
export function CheckList({ legend, none, items, chosen, onChoose }: Props) {
  const [text, setText] = useState('')
  const found = items.filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()))
  const free = found.filter(({ problem }) => problem === undefined)
  const isAll = free.length > 0 && free.every(({ id }) => chosen.has(id))
  const set = (ids: readonly string[], isChosen: boolean): void => {
    const next = new Set(chosen)
    for (const id of ids) isChosen ? next.add(id) : next.delete(id)
    onChoose(next)
  }
  return (
    <fieldset class={styles.list}>
      <legend>
        {legend}{' '}
        <span class="muted">{chosen.size === 0 && none ? none : `${formatCount(chosen.size)} chosen`}</span>
      </legend>
      {items.length > SHORT && (
        <input
          type="search"
          class="field"
          aria-label={`Filter: ${legend.toLowerCase()}`}
          placeholder="Filter…"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      )}
      {free.length > 1 && (
        <label class={styles.all}>
          <input
            type="checkbox"
            checked={isAll}
            indeterminate={!isAll && free.some(({ id }) => chosen.has(id))}
            onChange={() =>
              set(
                free.map(({ id }) => id),
                !isAll,
              )
            }
          />
          All {formatCount(free.length)}
          {text.trim() !== '' && ' that match'}
        </label>
      )}
      <div class={styles.items}>
        {found.slice(0, SHOWN).map(({ id, name, beside, problem }) => (
          <label key={id} data-muted={problem === undefined ? undefined : ''} title={problem}>
            <input
              type="checkbox"
              checked={chosen.has(id)}
              disabled={problem !== undefined}
              onChange={({ currentTarget }) => set([id], currentTarget.checked)}
            />
            <span>{name}</span>
            {beside !== undefined && <span class="muted">{beside}</span>}
          </label>
        ))}
        {found.length > SHOWN && (
          <p class="muted">{formatCount(found.length - SHOWN)} more; the filter reaches them.</p>
        )}
        {found.length === 0 && <p class="muted">Nothing is like that.</p>}
      </div>
    </fieldset>
  )
}
