import { CopyButton } from '../copy-button/copy-button.tsx'
import styles from './command-line.module.css'

/** Something to type in a terminal, with a button that copies it. */
export function CommandLine({ command }: { command: string }) {
  return (
    <div class={styles.line}>
      <code>{command}</code>
      <CopyButton text={command} what={command} />
    </div>
  )
}
