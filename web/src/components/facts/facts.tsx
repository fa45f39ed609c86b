import type { ComponentChildren } from 'preact'
import styles from './facts.module.css'

/** Names with what they are, one beside the other. What is null is left out. */
export function Facts({ items }: { items: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class={styles.facts}>
      {items.map(([name, value]) =>
        value === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}
