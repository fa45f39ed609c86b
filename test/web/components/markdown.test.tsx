// @vitest-environment happy-dom

import { readFileSync } from 'node:fs'
import { cleanup, fireEvent, render, screen, within } from '@testing-library/preact'
import axe from 'axe-core'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Markdown } from '../../../web/src/components/markdown/markdown.tsx'
import { corpusFolder, corpusPath, filesBelow } from '../../support/corpus.ts'

const opened: string[] = []
const show = (text: string, path = 'SKILL.md') =>
  render(<Markdown text={text} path={path} onOpenFile={(file) => opened.push(file)} />)
    .container as HTMLElement

afterEach(() => {
  cleanup()
  opened.length = 0
})

/** Everything that a text may become, with the attributes it may have. */
const allowed: Record<string, string[]> = {
  a: ['href', 'target', 'rel', 'title'],
  blockquote: [],
  br: [],
  button: ['type', 'title'],
  code: [],
  del: [],
  div: ['role', 'aria-level', 'data-slug', 'data-depth', 'tabindex', 'aria-busy'],
  em: [],
  h3: ['data-slug', 'data-depth', 'tabindex'],
  h4: ['data-slug', 'data-depth', 'tabindex'],
  h5: ['data-slug', 'data-depth', 'tabindex'],
  h6: ['data-slug', 'data-depth', 'tabindex'],
  hr: [],
  input: ['type', 'disabled', 'checked', 'aria-label'],
  li: [],
  ol: ['start'],
  p: [],
  pre: ['tabindex'],
  span: ['aria-hidden', 'aria-live'],
  strong: [],
  table: [],
  tbody: [],
  td: [],
  th: ['scope'],
  thead: [],
  tr: [],
  ul: [],
}

/** What is in a rendered text that may not be there. */
function forbidden(container: Element): string[] {
  return [...container.querySelectorAll('*')].flatMap((element) => {
    const name = element.localName
    const attributes = allowed[name]
    if (!attributes) return [name]
    const wrong = element
      .getAttributeNames()
      .filter((attribute) => attribute !== 'class' && !attributes.includes(attribute))
      .map((attribute) => `${name}[${attribute}]`)
    const href = element.getAttribute('href')
    return href === null || /^(https?|mailto):/.test(href) ? wrong : [...wrong, href]
  })
}

/** Pieces that mean something in Markdown, HTML or addresses, and others. */
const piece = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    ...['<script>', '</script>', '<img src=x onerror=alert(1)>', '<a href="javascript:alert(1)">', '<style>'],
    ...[
      '[x](javascript:alert(1))',
      '[x](  jAvA&#x73;cript:alert(1))',
      '<javascript:alert(1)>',
      '![x](data:,x)',
    ],
    ...[
      '[x]: javascript:alert(1)\n',
      '[x]',
      '[x](java\tscript:alert(1))',
      '[x](//host/p)',
      '[x](vbscript:x)',
    ],
    ...['# ', '- ', '1. ', '> ', '```\n', '~~~', '    ', '\n', '\n\n', '\t', '|a|b|\n|-|-|\n', '|', '---\n'],
    ...[
      '**',
      '*',
      '_',
      '~~',
      '`',
      '``',
      '[',
      ']',
      '(',
      ')',
      '!',
      '\\',
      '&lt;',
      '&#60;',
      '<!--',
      '-->',
      '<x>',
    ],
    ...[
      'https://a.b',
      'www.a.b',
      'a@b.c',
      '[ ] ',
      '[x] ',
      ':-:',
      '[^1]',
      '[^1]: x\n',
      '\u0000',
      '\ud800',
      '=\n',
    ],
  ),
)
const markdown = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

/** However busy the machine is. */
const eventually = <T,>(read: () => T) => expect.poll(read, { timeout: 20_000 })

describe('Markdown', () => {
  it('shows what GFM has', () => {
    const container = show(
      [
        '# Title\n\nSome *em*, **strong**, ~~gone~~ and `code`.\\\nNext line &amp; &mdash; &unknown;',
        '> quoted\n\n1. one\n2. two\n\n   loose\n\n- [x] done\n- [ ] open',
        '| A | B |\n| :- | -: |\n| 1 | **2** |',
        '---',
        '```sh\necho "<b>"\n```',
      ].join('\n\n'),
    )
    expect(screen.getByRole('heading', { level: 3 }).textContent).toBe('Title')
    expect(container.querySelector('em')?.textContent).toBe('em')
    expect(container.querySelector('strong')?.textContent).toBe('strong')
    expect(container.querySelector('del')?.textContent).toBe('gone')
    expect(container.querySelector('p')?.textContent).toBe(
      'Some em, strong, gone and code.Next line & — &unknown;',
    )
    expect(container.querySelector('blockquote p')?.textContent).toBe('quoted')
    expect([...container.querySelectorAll('ol > li')].map((li) => li.textContent)).toEqual([
      'one',
      'twoloose',
    ])
    expect(container.querySelectorAll('ol > li > p')).toHaveLength(3)
    expect(screen.getAllByRole('checkbox').map((box) => (box as HTMLInputElement).checked)).toEqual([
      true,
      false,
    ])
    expect(container.querySelectorAll('ul > li > p')).toHaveLength(0)
    expect(screen.getAllByRole('columnheader').map((cell) => cell.textContent)).toEqual(['A', 'B'])
    expect(screen.getAllByRole('cell').map((cell) => cell.textContent)).toEqual(['1', '2'])
    expect(container.querySelector('pre code')?.textContent).toBe('echo "<b>"')
    expect(container.querySelectorAll('hr')).toHaveLength(1)
  })

  it('puts its headings below those of the page, however deep', () => {
    render(<Markdown text={'# a\n\n### b\n\n###### c'} headingLevel={4} />)
    const levels = screen
      .getAllByRole('heading')
      .map((heading) => [heading.textContent, heading.localName, heading.getAttribute('aria-level')])
    expect(levels).toEqual([
      ['a', 'h4', null],
      ['b', 'h6', null],
      ['c', 'div', '9'],
    ])
  })

  it('shows tags and comments as text, with the lines between them as they are', () => {
    const text =
      '<example>\nuser: "hi"\nassistant: **yes**\n</example>\n\n<!-- hidden? -->\n\n<br> a <b>c</b>'
    const container = show(text)
    expect(container.textContent).toBe(
      '<example>\nuser: "hi"\nassistant: yes\n</example><!-- hidden? --><br> a <b>c</b>',
    )
    expect(container.querySelector('b, br, example')).toBeNull()
    expect(container.querySelectorAll('p[class*="asWritten"]')).toHaveLength(3)
  })

  it('reads code within tags as code', () => {
    const container = show('<example>\n```py\na\n\nb\n```\n</example>')
    expect(container.querySelector('pre code')?.textContent).toBe('a\n\nb')
    expect(container.textContent?.match(/<.?example>/g)).toEqual(['<example>', '</example>'])
  })

  it('shows definitions, also those that only hold a remark', () => {
    const container = show(
      'See [a].\n\n[a]: https://a.b/ "T"\n\n[//]: # (remark)\n\nA note[^1].\n\n[^1]: word',
    )
    expect(within(container).getByRole('link').getAttribute('href')).toBe('https://a.b/')
    for (const shown of ['https://a.b/ "T"', '# (remark)', 'A note[^1].', '[^1]: word']) {
      expect(container.textContent).toContain(shown)
    }
  })

  it.each([
    ['[x](https://a.b/c?d=1&amp;e#f)', 'https://a.b/c?d=1&e#f'],
    ['https://a.b', 'https://a.b/'],
    ['<a@b.c>', 'mailto:a@b.c'],
    ['[x](HTTP://a.b)', 'http://a.b/'],
  ])('%s leads out of the page, in a new tab that learns nothing of this one', (text, href) => {
    show(text)
    const link = screen.getByRole('link')
    expect(link.getAttribute('href')).toBe(href)
    expect(link.getAttribute('target')).toBe('_blank')
    expect(link.getAttribute('rel')).toBe('noopener noreferrer')
    expect(link.textContent).toContain('opens in a new tab')
  })

  it.each([
    ['[x](reference.md)', 'skills/a/reference.md'],
    ['[x](./scripts/run%20me.py#L3)', 'skills/a/scripts/run me.py'],
    ['[x](../b/x.md?raw=1)', 'skills/b/x.md'],
    ['[x](<../../top.md>)', 'top.md'],
    ['[x](100%.md)', 'skills/a/100%.md'],
  ])('%s opens a file of the artifact', (text, path) => {
    const container = show(text, 'skills/a/SKILL.md')
    expect(container.querySelector('a')).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'x' }))
    expect(opened).toEqual([path])
  })

  it.each([
    ['[x](javascript:alert(1))', 'javascript:alert(1)'],
    ['[x](&#106;avascript:alert)', 'javascript:alert'],
    ['[x](data:text/html,y)', 'data:text/html,y'],
    ['[x](file:///etc/passwd)', 'file:///etc/passwd'],
    ['[x](/etc/passwd)', '/etc/passwd'],
    ['[x](//host/y)', '//host/y'],
    ['[x](..\\\\y)', '..\\y'],
    ['[x](../../../y)', '../../../y'],
    ['[x](https://)', 'https://'],
  ])('%s leads nowhere and shows its address', (text, address) => {
    const container = show(text, 'a/SKILL.md')
    expect(container.querySelector('a, button')).toBeNull()
    expect(container.textContent).toBe(`x (${address})`)
  })

  it('shows links to files as text where files cannot be opened', () => {
    const { container } = render(<Markdown text="[x](y.md)" />)
    expect(container.querySelector('a, button')).toBeNull()
    expect(container.textContent).toBe('x (y.md)')
  })

  it('goes to a heading, also of a part that is not shown yet', () => {
    const long = `${'word '.repeat(20)}\n\n`.repeat(2000)
    const container = show(`[go](#far-away-1)\n\n${long}## Far *away* 1\n\nend`)
    expect(container.firstElementChild?.getAttribute('aria-busy')).toBe('true')
    expect(screen.queryByRole('heading')).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'go' }))
    return eventually(() => document.activeElement?.textContent)
      .toBe('Far away 1')
      .then(() => expect(container.firstElementChild?.getAttribute('aria-busy')).toBe('false'))
  })

  it('shows all of a long text, part by part', async () => {
    const container = show(
      Array.from({ length: 3000 }, (_, i) => `Paragraph ${i} of ${'many '.repeat(8)}\n`).join('\n'),
    )
    expect(container.querySelectorAll('p').length).toBeLessThan(1000)
    await eventually(() => container.querySelectorAll('p').length).toBe(3000)
    expect(container.firstElementChild?.getAttribute('aria-busy')).toBe('false')
  })

  it('shows another text at once', () => {
    const { container, rerender } = render(<Markdown text="one" />)
    rerender(<Markdown text="two" />)
    expect(container.textContent).toBe('two')
  })

  it.each([
    [
      '| A | B |\n| - | - |\n| 1 | 2 | 3 | 4 |\n| 5 |\n',
      ['A', 'B', '', ''],
      ['1', '2', '3', '4', '5', '', '', ''],
    ],
    ['A | B\n-|-\n1 | `2 \\| x` | 3', ['A', 'B', ''], ['1', '2 | x', '3']],
    ['| A |\n| - |\n| 1 |\n\nend', ['A'], ['1']],
  ])('shows every cell of a table, also those without a title: %j', (text, titles, cells) => {
    const container = show(text)
    const texts = (selector: string) =>
      [...container.querySelectorAll(selector)].map((cell) => cell.textContent)
    expect(texts('th')).toEqual(titles)
    expect(texts('td')).toEqual(cells)
  })

  it('shows images as text and loads nothing', () => {
    const container = show('![a *b*](https://a.b/c.png "T") ![](x.svg)')
    expect(container.querySelector('img, picture, a')).toBeNull()
    expect(container.textContent).toBe('image: a *b* (https://a.b/c.png) image:  (x.svg)')
  })

  it('passes axe with everything in it', async () => {
    const container = show(
      '# T\n\n[a](https://a.b) [b](b.md) [c](#t) ![i](x.png)\n\n- [ ] t\n\n|a|b|\n|-|-|\n|1|2|\n\n```js\n1\n```\n\n> q',
    )
    const { violations } = await axe.run(container, { rules: { region: { enabled: false } } })
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  })
})

describe('Markdown made to do harm', () => {
  it('becomes nothing but text, whatever it is', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        const container = show(text)
        const found = forbidden(container)
        cleanup()
        expect(found).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  it('keeps every character of code', () => {
    const code = fc.string({
      unit: fc.constantFrom('a', '<', '&', ';', '*', '\n', ' ', '\t', '[', '\\', '>', '-'),
    })
    fc.assert(
      fc.property(code, (text) => {
        const container = show(`before\n\n\`\`\`\n${text}\n\`\`\`\n\nafter`)
        const shown = container.querySelector('pre code')?.textContent
        cleanup()
        // The lexer decides about empty lines at the end.
        expect(shown?.replace(/\n+$/, '')).toBe(text.replace(/\n+$/, ''))
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['nested quotes', '> '.repeat(10_000)],
    ['nested lists', '- '.repeat(10_000)],
    ['nested links', `${'['.repeat(5000)}x${'](y)'.repeat(5000)}`],
    ['nested emphasis', `${'**a *b '.repeat(3000)}${'b* a** '.repeat(3000)}`],
    ['lines that continue an item', `- a\n${'b\n'.repeat(400_000)}`],
    ['lines that continue a quote', '> a\n> b\nc\n'.repeat(80_000)],
    [
      'rows that are shorter than their table',
      `${'|a'.repeat(2000)}\n${'|-'.repeat(2000)}\n${'|a\n'.repeat(100_000)}`,
    ],
    ['one word', 'x'.repeat(1 << 20)],
    ['brackets', '['.repeat(1 << 20)],
    ['tags that do not end', '<a '.repeat(300_000)],
    ['ticks', Array.from({ length: 1400 }, (_, i) => '`'.repeat(i)).join('a')],
  ])('is shown with all of its text: %s', async (_, text) => {
    const container = show(text)
    await eventually(() => container.querySelector('[aria-busy="true"]')).toBeNull()
    const letters = (shown: string): number => shown.match(/[a-c]/g)?.length ?? 0
    const note = container.textContent?.includes('takes too long')
      ? letters(container.querySelector('p')?.textContent ?? '')
      : 0
    expect(letters(container.textContent ?? '') - note).toBeGreaterThanOrEqual(
      letters(text.replace(/\|a/g, 'a')),
    )
    expect(forbidden(container)).toEqual([])
  })
})

describe('Markdown of the corpus', () => {
  it('is shown without a word lost, in every SKILL.md', async () => {
    corpusPath()
    const files = filesBelow(corpusFolder, (path) => path.endsWith('SKILL.md'))
    expect(files.length).toBeGreaterThan(1000)
    const lost: string[] = []
    // Many are the same in several places.
    const texts = new Map(files.map((file) => [readFileSync(file, 'utf8'), file]))
    for (const [whole, file] of texts) {
      const text = whole.replace(/^---\n[\s\S]*?\n---\n/, '')
      const container = show(text)
      const isBusy = () => container.querySelector('[aria-busy="true"]')
      if (isBusy()) await eventually(isBusy).toBeNull()
      const titles = [...container.querySelectorAll('[title]')].map((element) =>
        element.getAttribute('title'),
      )
      const shown = [container.textContent, ...titles].join('\n')
      const words = new Set(text.replace(/&#?\w+;/g, ' ').match(/\p{L}{2,}/gu))
      const missing = [...words].filter((word) => !shown.includes(word))
      const wrong = [...missing, ...forbidden(container)]
      if (wrong.length > 0) lost.push(`${file}: ${wrong.slice(0, 5).join(', ')}`)
      cleanup()
    }
    expect(lost).toEqual([])
  }, 120_000)
})
