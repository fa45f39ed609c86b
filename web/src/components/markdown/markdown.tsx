import type { MarkedToken } from 'marked'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { renderBlocks } from './blocks.tsx'
import type { Surroundings } from './inlines.tsx'
import { lexMarkdown } from './lexer.ts'
import styles from './markdown.module.css'

/** Characters that are shown at once; more follow, as many in each frame. */
const PART_LENGTH = 40_000

export type MarkdownProps = {
  /** GFM, without frontmatter. Whatever it holds, nothing of it runs and nothing is loaded. */
  text: string
  /** The file it is of, relative to the root of its artifact; its relative links start there. */
  path?: string
  /** The level of its first-level headings: one more than the heading above it. */
  headingLevel?: number
  /** Called with the path of another file of the artifact. Without it such links are text. */
  onOpenFile?: (path: string) => void
}

/** A Markdown text as a part of the page. Tags are shown as text. */
export function Markdown({ text, path = '', headingLevel = 3, onOpenFile }: MarkdownProps) {
  const blocks = useMemo(() => lexMarkdown(text), [text])
  if (!blocks) {
    return (
      <div class={styles.markdown}>
        <p class={styles.note}>Shown as it was written, since it takes too long to read it as Markdown.</p>
        <div class={styles.asWritten}>{text}</div>
      </div>
    )
  }
  const parts = { blocks, path, headingLevel, onOpenFile }
  return <Parts key={`${headingLevel} ${path}`} {...parts} />
}

type PartsProps = Omit<Surroundings, 'onOpenSection'> & { blocks: MarkedToken[] }

/** Long texts come part by part, so that the page answers meanwhile. */
function Parts({ blocks, path, headingLevel, onOpenFile }: PartsProps) {
  const root = useRef<HTMLDivElement>(null)
  const wantedSection = useRef<string | null>(null)
  const open = useRef(onOpenFile)
  open.current = onOpenFile
  const parts = useMemo(() => inParts(blocks), [blocks])
  const [shown, setShown] = useState({ parts, count: 1 })
  const count = Math.min(shown.parts === parts ? shown.count : 1, parts.length)
  const show = (next: number) => setShown({ parts, count: next })

  useEffect(() => {
    if (count === parts.length) return
    const frame = requestAnimationFrame(() => show(count + 1))
    return () => cancelAnimationFrame(frame)
  }, [parts, count])

  useLayoutEffect(() => {
    if (wantedSection.current !== null && openSection(root.current, wantedSection.current)) {
      wantedSection.current = null
    }
  })

  const canOpen = onOpenFile !== undefined
  /** Nodes of parts that were shown already are not made again. */
  const nodes = useMemo<ComponentChildren[]>(() => [], [parts, canOpen])
  const page: Surroundings = {
    path,
    headingLevel,
    onOpenFile: canOpen ? (file) => open.current?.(file) : undefined,
    onOpenSection: (slug) => {
      wantedSection.current = slug
      // Also where it is shown already: the effect above runs after it.
      show(parts.length)
    },
  }
  for (const part of parts.slice(nodes.length, count)) {
    nodes.push(
      <div key={nodes.length} class={styles.part}>
        {renderBlocks(page, part)}
      </div>,
    )
  }
  return (
    <div ref={root} class={styles.markdown} aria-busy={count < parts.length}>
      {nodes.slice(0, count)}
    </div>
  )
}

function inParts(blocks: MarkedToken[]): MarkedToken[][] {
  const parts: MarkedToken[][] = []
  let length = Number.POSITIVE_INFINITY
  for (const block of blocks) {
    if (length > PART_LENGTH) {
      parts.push([])
      length = 0
    }
    parts.at(-1)?.push(block)
    length += block.raw.length
  }
  return parts
}

/** Whether there is such a heading; the view and the focus go there. */
function openSection(root: HTMLElement | null, slug: string): boolean {
  const headings = root?.querySelectorAll<HTMLElement>('[data-slug]') ?? []
  const heading = [...headings].find(({ dataset }) => dataset.slug === slug)
  heading?.scrollIntoView({ block: 'start' })
  heading?.focus({ preventScroll: true })
  return heading !== undefined
}
