import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { plural } from '../../lib/format.ts'
import { useStored } from '../../lib/use-stored.ts'
import { CopyButton } from '../copy-button/copy-button.tsx'
import { NearView } from '../near-view/near-view.tsx'
import styles from './code-view.module.css'

/** Lines that are rendered together. */
const BLOCK = 200
/** Pixels of a line that is not wrapped; the same as in the styles. */
const LINE = 18
/** Longer lines slow the layout down; they are cut, and copied as a whole. */
const MAX_LINE = 10_000

export type CodeViewProps = {
  text: string
  /** What it is, for assistive technology, e.g. the name of the file. */
  label: string
  /** A line to be marked and shown, counted from 1. */
  line?: number
}

/** The text of a file with the numbers of its lines, of any length: only what comes near the view is rendered. */
export function CodeView({ text, label, line }: CodeViewProps) {
  const lines = useMemo(() => text.replace(/\r?\n$/, '').split(/\r?\n/), [text])
  const [lineMode, setLineMode] = useStored('lines', ['cut', 'wrapped'])
  const wrap = lineMode === 'wrapped'
  const marked = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (line !== undefined) marked.current?.scrollIntoView({ block: 'center' })
  }, [line, text])

  const blocks = []
  for (let first = 0; first < lines.length; first += BLOCK) {
    const part = lines.slice(first, first + BLOCK)
    const isMarked = line !== undefined && line > first && line <= first + BLOCK
    blocks.push(
      <NearView key={first} height={part.length * LINE} always={first === 0 || isMarked}>
        {() =>
          part.map((content, at) => {
            const number = first + at + 1
            return (
              <div
                key={number}
                ref={number === line ? marked : null}
                class={styles.line}
                data-line={number}
                aria-current={number === line ? 'true' : undefined}
              >
                {content.length > MAX_LINE ? `${content.slice(0, MAX_LINE)} …` : content}
                {'\n'}
              </div>
            )
          })
        }
      </NearView>,
    )
  }
  return (
    <div class={styles.view}>
      <div class={styles.bar}>
        <span class="muted">{plural(lines.length, 'line')}</span>
        <label class={styles.option}>
          <input type="checkbox" checked={wrap} onChange={() => setLineMode(wrap ? 'cut' : 'wrapped')} /> Wrap
          lines
        </label>
        <CopyButton text={text} what={label} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section class={styles.code} data-wrap={wrap} aria-label={label} tabIndex={0}>
        <div class={styles.lines} style={{ '--digits': `${String(lines.length).length}ch` }}>
          {blocks}
        </div>
      </section>
    </div>
  )
}
