import type { MarkedToken, Token, Tokens } from 'marked'
import { type ComponentChildren, h } from 'preact'
import { CopyButton } from '../copy-button/copy-button.tsx'
import { renderInlines, type Surroundings } from './inlines.tsx'
import { slugOf } from './link-target.ts'
import styles from './markdown.module.css'

/** Blocks of a text as nodes; see `renderInlines`. */
export const renderBlocks = (page: Surroundings, tokens: Token[]): ComponentChildren =>
  tokens.map((token) => renderBlock(page, token as MarkedToken))

function renderBlock(page: Surroundings, token: MarkedToken): ComponentChildren {
  switch (token.type) {
    case 'space':
      return null
    case 'heading':
      return renderHeading(page, token)
    case 'paragraph':
      return <p class={hasTag(token.tokens) ? styles.asWritten : ''}>{renderInlines(page, token.tokens)}</p>
    case 'code':
      return renderCode(token)
    case 'blockquote':
      return <blockquote>{renderBlocks(page, token.tokens)}</blockquote>
    case 'list':
      return renderList(page, token)
    case 'table':
      return renderTable(page, token)
    case 'hr':
      return <hr />
    case 'html':
      return <p class={`${styles.asWritten} ${styles.tag}`}>{token.text.trimEnd()}</p>
    case 'def':
      // Shown, since a definition that nothing uses can hide a remark.
      return <p class={`${styles.asWritten} ${styles.note}`}>{token.raw.trim()}</p>
    case 'text':
      return hasTag(token.tokens) ? (
        <span class={styles.asWritten}>{renderInlines(page, [token])}</span>
      ) : (
        renderInlines(page, [token])
      )
    default:
      return renderInlines(page, [token])
  }
}

/** Lines around tags are kept apart: they are conversations and forms more often than prose. */
const hasTag = (tokens: Token[] | undefined): boolean => tokens?.some(({ type }) => type === 'html') ?? false

function renderHeading(page: Surroundings, { depth, tokens }: Tokens.Heading): ComponentChildren {
  const level = page.headingLevel + depth - 1
  const props = { 'data-slug': slugOf(textOf(tokens)), 'data-depth': depth, tabIndex: -1 }
  const content = renderInlines(page, tokens)
  // There are six elements, but more levels.
  return level <= 6
    ? h(`h${level}`, props, content)
    : h('div', { role: 'heading', 'aria-level': level, ...props }, content)
}

const textOf = (tokens: Token[]): string =>
  tokens
    .map((token) =>
      'tokens' in token && token.tokens ? textOf(token.tokens) : 'text' in token ? token.text : '',
    )
    .join('')

const renderCode = ({ text, lang }: Tokens.Code): ComponentChildren => (
  <div class={styles.codeBlock}>
    <div class={styles.codeBar}>
      {lang ? <span class={styles.note}>{lang}</span> : null}
      <CopyButton text={text} what="code" />
    </div>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
    <pre tabIndex={0}>
      <code>{text}</code>
    </pre>
  </div>
)

function renderList(page: Surroundings, { ordered, start, items }: Tokens.List): ComponentChildren {
  const content = items.map((item) => (
    <li class={item.task ? styles.task : ''}>{renderBlocks(page, item.tokens)}</li>
  ))
  return ordered ? <ol start={Number(start)}>{content}</ol> : <ul>{content}</ul>
}

const alignments = { left: styles.left, center: styles.center, right: styles.right }

function renderTable(page: Surroundings, { header, rows }: Tokens.Table): ComponentChildren {
  const classOf = ({ align }: Tokens.TableCell): string => (align && alignments[align]) ?? ''
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <div class={styles.tableBox} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {header.map((cell) => (
              <th scope="col" class={classOf(cell)}>
                {renderInlines(page, cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell) => (
                <td class={classOf(cell)}>{renderInlines(page, cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
