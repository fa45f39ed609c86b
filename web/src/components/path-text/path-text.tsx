import styles from './path-text.module.css'

/** A path on one line. Where there is no room its end is shown: the beginning is the same for most. */
export function PathText({ path }: { path: string }) {
  return (
    <span class={styles.path} title={path}>
      <bdi dir="ltr">{path}</bdi>
    </span>
  )
}
