import type { ComponentChildren } from 'preact'
import { formatCount } from '../../lib/format.ts'
import styles from './selection-actions.module.css'

type Props = {
  /** Of what they are, for assistive technology. */
  label: string
  /** How many are selected; without any there is nothing to do. */
  count: number
  onClear(): void
  children: ComponentChildren
}

/** What can be done with the selected rows of a list. It stands below the list, so that no row moves when it comes. */
export const SelectionActions = ({ label, count, onClear, children }: Props) => (
  <div class={styles.actions} role="group" aria-label={label}>
    <span role="status">{count === 0 ? '' : `${formatCount(count)} selected`}</span>
    {count > 0 && (
      <>
        {children}
        <button type="button" class="button" onClick={onClear}>
          Clear
        </button>
      </>
    )}
  </div>
)
