import type { MarkedToken, Token, Tokens } from 'marked'
import type { ComponentChildren } from 'preact'
import { decodeEntities } from './entities.ts'
import { linkTarget } from './link-target.ts'
import styles from './markdown.module.css'

/** What the nodes of a text know of the page around it. */
export type Surroundings = {
  /** The file the text is of, relative to the root of its artifact. */
  path: string
  /** The level of its first-level headings. */
  headingLevel: number
  /** Undefined where files cannot be opened: their links are text then. */
  onOpenFile: ((path: string) => void) | undefined
  onOpenSection: (slug: string) => void
}

/** The parts of a line as nodes; tags and what the page may not load are text. */
export const renderInlines = (page: Surroundings, tokens: Token[] = []): ComponentChildren =>
  tokens.map((token) => renderInline(page, token as MarkedToken))

function renderInline(page: Surroundings, token: MarkedToken): ComponentChildren {
  switch (token.type) {
    case 'text':
      return token.tokens ? renderInlines(page, token.tokens) : decodeEntities(token.text)
    case 'strong':
      return <strong>{renderInlines(page, token.tokens)}</strong>
    case 'em':
      return <em>{renderInlines(page, token.tokens)}</em>
    case 'del':
      return <del>{renderInlines(page, token.tokens)}</del>
    case 'codespan':
      return <code class={styles.inlineCode}>{token.text}</code>
    case 'br':
      return <br />
    case 'html':
      return <span class={styles.tag}>{token.text}</span>
    case 'checkbox':
      // What follows says what it is about.
      return (
        <input
          type="checkbox"
          class={styles.checkbox}
          disabled
          checked={token.checked}
          aria-label={token.checked ? 'done' : 'not done'}
        />
      )
    case 'image':
      return renderImage(token)
    case 'link':
      return renderLink(page, token)
    case 'escape':
      return token.text
    default:
      return token.raw
  }
}

/** Nothing is loaded: an image tells whoever has it that this text was read, and when. */
const renderImage = ({ text, href }: Tokens.Image): ComponentChildren => (
  <span class={styles.image}>
    <span class={styles.note}>image: </span>
    {decodeEntities(text)} <span class={styles.address}>({decodeEntities(href)})</span>
  </span>
)

function renderLink(page: Surroundings, token: Tokens.Link): ComponentChildren {
  const address = token.autolink ? token.href : decodeEntities(token.href)
  const content = renderInlines(page, token.tokens)
  const title = token.title ? `${decodeEntities(token.title)}\n${address}` : address
  const target = linkTarget(address, page.path)
  if (target.kind === 'web') {
    return (
      <a href={target.href} target="_blank" rel="noopener noreferrer" title={title}>
        {content}
        <span class={styles.external} aria-hidden="true">
          ↗
        </span>
        <span class="hidden"> (opens in a new tab)</span>
      </a>
    )
  }
  const { onOpenFile, onOpenSection } = page
  const open =
    target.kind === 'section'
      ? () => onOpenSection(target.slug)
      : target.kind === 'file' && onOpenFile
        ? () => onOpenFile(target.path)
        : undefined
  if (open) {
    return (
      <button type="button" class={styles.link} title={title} onClick={open}>
        {content}
      </button>
    )
  }
  return (
    <span>
      {content} <span class={styles.address}>({address})</span>
    </span>
  )
}
