import { useRef } from 'preact/hooks'
import { plural } from '../../lib/format.ts'
import { useShortcut } from '../../lib/use-shortcut.ts'
import { useStored } from '../../lib/use-stored.ts'
import { useWidth } from '../../lib/use-width.ts'
import { Badge } from '../badge/badge.tsx'
import { Counts, DiffFileView, statusTones } from './diff-file.tsx'
import type { Diff } from './diff-lines.ts'
import styles from './diff-view.module.css'

/**
 * What differs between two artifacts, file by file: below each other or side by side, with changed words marked. `n` and
 * `p` go to the next and the previous change. Where there is little room lines stand below each other.
 */
export function DiffView({ diff }: { diff: Diff }) {
  const root = useRef<HTMLDivElement>(null)
  const [chosen, choose] = useStored('diff-layout', ['unified', 'split'])
  const layout = useWidth() === 'narrow' ? 'unified' : chosen
  useShortcut({ key: 'n' }, () => goToChange(root.current, 1))
  useShortcut({ key: 'p' }, () => goToChange(root.current, -1))

  if (diff.files.length === 0) {
    return <p class="muted">{`Nothing differs; ${plural(diff.same, 'file')} the same.`}</p>
  }
  const goToFile = (path: string): void => {
    const files = root.current?.querySelectorAll<HTMLElement>('[data-path]') ?? []
    const file = [...files].find(({ dataset }) => dataset.path === path)
    file?.scrollIntoView({ block: 'start' })
    file?.querySelector('button')?.focus({ preventScroll: true })
  }
  return (
    <div ref={root} class={styles.diff}>
      <div class={styles.bar}>
        <span class={styles.summary}>
          {`${plural(diff.files.length, 'file')} differ${diff.files.length === 1 ? 's' : ''}, ${diff.same} the same`}
        </span>
        <button type="button" class="button" onClick={() => goToChange(root.current, -1)}>
          Previous <kbd>p</kbd>
        </button>
        <button type="button" class="button" onClick={() => goToChange(root.current, 1)}>
          Next <kbd>n</kbd>
        </button>
        <span class={styles.layouts}>
          <button
            type="button"
            class="button"
            aria-pressed={chosen === 'unified'}
            onClick={() => choose('unified')}
          >
            Unified
          </button>
          <button
            type="button"
            class="button"
            aria-pressed={chosen === 'split'}
            onClick={() => choose('split')}
          >
            Side by side
          </button>
        </span>
      </div>
      <p class={styles.sides}>
        <span class={styles.minus}>− {sideText(diff.left)}</span>
        <span class={styles.plus}>+ {sideText(diff.right)}</span>
      </p>
      {diff.files.length > 1 && (
        <ul class={styles.files} aria-label="Files that differ">
          {diff.files.map((file) => (
            <li key={file.path}>
              <button type="button" class={styles.fileLink} onClick={() => goToFile(file.path)}>
                {file.path}
              </button>
              <Badge tone={statusTones[file.status]}>{file.status}</Badge>
              <Counts file={file} />
            </li>
          ))}
        </ul>
      )}
      {diff.files.map((file, at) => (
        <DiffFileView key={file.path} file={file} layout={layout} always={at === 0} />
      ))}
    </div>
  )
}

const sideText = ({ label, version }: Diff['left']): string =>
  version === null ? label : `${label} (${version})`

/** The change after or before the one that has the focus, or the first one that is in view. */
function goToChange(root: HTMLElement | null, step: 1 | -1): void {
  const changes = [...(root?.querySelectorAll<HTMLElement>('[data-change]') ?? [])]
  const current = changes.indexOf(document.activeElement as HTMLElement)
  const below = changes.findIndex((change) => change.getBoundingClientRect().top >= 0)
  const start = below === -1 ? changes.length : below
  const next = current !== -1 ? current + step : step === 1 ? start : start - 1
  const change = changes[Math.max(0, Math.min(changes.length - 1, next))]
  change?.scrollIntoView({ block: 'center' })
  change?.focus({ preventScroll: true })
}
