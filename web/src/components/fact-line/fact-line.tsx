import type { ComponentChildren } from 'preact'
import styles from './fact-line.module.css'

/** Names with what they are, one after the other. What is null is left out. */
export function FactLine({
  items,
}: {
  items: readonly (readonly [name: string, value: ComponentChildren])[]
}) {
  return (
    <dl class={styles.facts}>
      {items.map(([name, value]) =>
        value === null || value === undefined ? null : (
          <div key={name} class={styles.fact}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}
