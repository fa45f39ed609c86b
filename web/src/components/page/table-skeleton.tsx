import styles from './table-skeleton.module.css'

/** What stands in for a table at the very first load; never again after that. */
export function TableSkeleton({ label }: { label: string }) {
  return (
    <div class={styles.skeleton} role="status">
      <span class="hidden">{label}</span>
      {Array.from({ length: 12 }, (_, index) => (
        <span key={index} class={styles.line} />
      ))}
    </div>
  )
}
