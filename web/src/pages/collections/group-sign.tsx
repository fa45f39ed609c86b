import { Drawing } from '../../components/icon/icon.tsx'
import { colorValue, groupIcons } from './group-looks.ts'
import styles from './groups.module.css'

/** The icon of a group on its colour; its name stands beside it. An icon that cannot be drawn here is one of layers. */
export const GroupSign = ({ color, icon }: { color: string; icon: string }) => (
  <span class={styles.sign}>
    <span class={styles.color} style={{ background: colorValue(color) }} />
    <Drawing lines={groupIcons[icon] ?? groupIcons.layers ?? ''} />
  </span>
)
