import type { ComponentChildren } from 'preact'
import type { Tone } from '../../lib/words.ts'
import { Badge } from '../badge/badge.tsx'
import styles from './diagnostics.module.css'
import { fixes } from './fixes.ts'

export type DiagnosticItem = {
  code: string
  severity: 'error' | 'warning' | 'info'
  message: string
  /** What it is about, such as a file or a link to an artifact. */
  about?: ComponentChildren
}

const tones: Record<DiagnosticItem['severity'], Tone> = {
  error: 'danger',
  warning: 'attention',
  info: 'info',
}
const order = ['error', 'warning', 'info']

/** What is wrong, the worst first, each with what to do about it. */
export function Diagnostics({ items }: { items: readonly DiagnosticItem[] }) {
  const sorted = items.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
  return (
    <ul class={styles.list}>
      {sorted.map(({ code, severity, message, about }, index) => (
        <li key={`${index} ${code}`} class={styles.item}>
          <Badge tone={tones[severity]}>{severity}</Badge>
          <div class={styles.text}>
            {about && <div class={styles.about}>{about}</div>}
            <div>{message}</div>
            <div class="muted">
              {fixes[code] && `${fixes[code]} `}
              <code>{code}</code>
            </div>
          </div>
        </li>
      ))}
    </ul>
  )
}
