// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, within } from '@testing-library/preact'
import axe from 'axe-core'
import { diffArrays, structuredPatch } from 'diff'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { changedWords, type Piece } from '../../../web/src/components/diff-view/changed-words.ts'
import { type Diff, linesOf, pairsOf } from '../../../web/src/components/diff-view/diff-lines.ts'
import { DiffView } from '../../../web/src/components/diff-view/diff-view.tsx'

beforeEach(() => {
  localStorage.clear()
  Object.assign(window, { innerWidth: 1280 })
})
afterEach(cleanup)

/** Hunks as the daemon tells them. */
const hunksOf = (left: string, right: string, context = 3) =>
  structuredPatch('a', 'b', left, right, '', '', { context }).hunks.map((hunk) => ({
    leftStart: hunk.oldStart,
    leftLines: hunk.oldLines,
    rightStart: hunk.newStart,
    rightLines: hunk.newLines,
    lines: hunk.lines,
  }))

const diff: Diff = {
  left: { label: '/home/me/a', version: null },
  right: { label: 'github:owner/repo', version: 'v2' },
  files: [
    {
      path: 'SKILL.md',
      status: 'changed',
      hunks: hunksOf(
        `one\nuse the old way\n${'same\n'.repeat(20)}gone\nend`,
        `one\nuse the new way\n${'same\n'.repeat(20)}end\nmore\n`,
      ),
    },
    { path: 'logo.png', status: 'added', hunks: null },
    { path: 'x/old.md', status: 'removed', hunks: hunksOf('a\nb\n', '') },
  ],
  same: 4,
}
/** Each row as text, its cells apart. */
const rowsOf = (table: HTMLElement): string[] =>
  within(table)
    .getAllByRole('row')
    .slice(1)
    .map((row) => [...row.children].map((cell) => cell.textContent?.trim()).join('|'))

describe('DiffView', () => {
  it('shows lines below each other with their numbers and signs that are read out', () => {
    render(<DiffView diff={diff} />)
    const [first] = screen.getAllByRole('table')
    expect(rowsOf(first as HTMLElement)).toEqual([
      '1|1|one',
      '2||−removed: use the old way',
      '|2|+added: use the new way',
      '3|3|same',
      '4|4|same',
      '5|5|same',
    ])
    expect([...(first?.querySelectorAll('mark') ?? [])].map((mark) => mark.textContent)).toEqual([
      'old',
      'new',
    ])
  })

  it('shows lines beside each other, and remembers that', () => {
    render(<DiffView diff={diff} />)
    fireEvent.click(screen.getByRole('button', { name: 'Side by side' }))
    const check = () => {
      const [first] = screen.getAllByRole('table')
      expect(rowsOf(first as HTMLElement)).toEqual([
        '1|one|1|one',
        '2|−removed: use the old way|2|+added: use the new way',
        '3|same|3|same',
        '4|same|4|same',
        '5|same|5|same',
      ])
    }
    check()
    cleanup()
    render(<DiffView diff={diff} />)
    check()
    expect(screen.getByRole('button', { name: 'Side by side' }).getAttribute('aria-pressed')).toBe('true')
  })

  it('lists the files with what became of them, and goes to them', () => {
    render(<DiffView diff={diff} />)
    const list = screen.getByRole('list', { name: 'Files that differ' })
    expect(
      within(list)
        .getAllByRole('listitem')
        .map((item) => item.textContent),
    ).toEqual([
      'SKILL.mdchanged+3 −33 added, 3 removed',
      'logo.pngadded',
      'x/old.mdremoved+0 −20 added, 2 removed',
    ])
    fireEvent.click(within(list).getByRole('button', { name: 'x/old.md' }))
    expect(document.activeElement?.textContent).toContain('x/old.md')
    expect(document.activeElement?.getAttribute('aria-expanded')).toBe('true')
  })

  it('closes and opens a file', () => {
    render(<DiffView diff={diff} />)
    const toggle = screen.getByRole('button', { name: /SKILL/, expanded: true })
    fireEvent.click(toggle)
    expect(screen.queryAllByRole('table')).toHaveLength(0)
    fireEvent.click(screen.getByRole('button', { name: /SKILL/, expanded: false }))
    expect(screen.getAllByRole('table').length).toBeGreaterThan(0)
  })

  it('says so where there are no lines to compare, and where nothing differs', () => {
    const { rerender } = render(<DiffView diff={diff} />)
    expect(screen.getByText(/no text, or too long/)).toBeTruthy()
    rerender(<DiffView diff={{ ...diff, files: [] }} />)
    expect(screen.getByText('Nothing differs; 4 files the same.')).toBeTruthy()
  })

  it('goes from change to change by n and p, and stays at the ends', () => {
    const { container } = render(<DiffView diff={diff} />)
    const changes = [...container.querySelectorAll('[data-change]')]
    expect(changes.length).toBe(3)
    const press = (key: string) => {
      fireEvent.keyDown(document.activeElement ?? document.body, { key })
      return changes.indexOf(document.activeElement as Element)
    }
    expect([press('n'), press('n'), press('n'), press('n'), press('p'), press('p'), press('p')]).toEqual([
      0, 1, 2, 2, 1, 0, 0,
    ])
    fireEvent.click(screen.getByRole('button', { name: /^Next/ }))
    expect(document.activeElement?.textContent).toMatch(/Next|@@/)
  })

  it('shows remarks about missing line ends', () => {
    const files: Diff['files'] = [{ path: 'a', status: 'changed', hunks: hunksOf('a', 'a\n') }]
    render(<DiffView diff={{ ...diff, files }} />)
    expect(rowsOf(screen.getByRole('table'))).toEqual([
      '1||−removed: a',
      'No newline at end of file',
      '|1|+added: a',
    ])
  })

  it('renders of a long file what is in view', () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join('')
    const files: Diff['files'] = [{ path: 'a', status: 'added', hunks: hunksOf('', text) }]
    const { container } = render(<DiffView diff={{ ...diff, files }} />)
    expect(container.querySelectorAll('tr').length).toBeLessThan(400)
    expect(container.textContent).toContain('20000 added, 0 removed')
  })

  it.each(['unified', 'split'])('passes axe (%s)', async (layout) => {
    localStorage.setItem('smd:diff-layout', layout)
    const { container } = render(<DiffView diff={diff} />)
    const { violations } = await axe.run(container, { rules: { region: { enabled: false } } })
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
  })
})

const text = fc
  .array(fc.constantFrom('a', 'b', 'c d', '', '- x', '+ y'), { maxLength: 30 })
  .map((lines) => lines.join('\n'))

describe('lines of a hunk', () => {
  it('make both files again, in either layout, with right numbers', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        for (const hunk of hunksOf(left, right, 100)) {
          const lines = linesOf(hunk)
          const real = pairsOf(lines).filter((pair) => pair.left?.kind !== 'note')
          const leftLines = lines.filter((line) => line.left !== null)
          const rightLines = lines.filter((line) => line.right !== null)
          expect(real.flatMap((pair) => (pair.left ? [pair.left] : []))).toEqual(leftLines)
          expect(real.flatMap((pair) => (pair.right ? [pair.right] : []))).toEqual(rightLines)
          for (const [at, line] of leftLines.entries()) expect(line.left).toBe(hunk.leftStart + at)
          for (const [at, line] of rightLines.entries()) expect(line.right).toBe(hunk.rightStart + at)
          expect(leftLines.map((line) => line.text).join('\n')).toBe(left.replace(/\n$/, ''))
          expect(rightLines.map((line) => line.text).join('\n')).toBe(right.replace(/\n$/, ''))
        }
      }),
    )
  })
})

describe('changedWords', () => {
  const line = fc
    .array(fc.constantFrom('the', 'old', 'new', ' ', '  ', '-', 'ö', '👍🏽'), { maxLength: 25 })
    .map((words) => words.join(''))
  const textOf = (pieces: Piece[]) => pieces.map((piece) => piece.text).join('')
  const kept = (pieces: Piece[]) => textOf(pieces.filter((piece) => !piece.changed))

  it('keeps both lines whole; what is not marked is the same in both', () => {
    fc.assert(
      fc.property(line, line, (left, right) => {
        const words = changedWords(left, right)
        if (!words) return
        expect(textOf(words.left)).toBe(left)
        expect(textOf(words.right)).toBe(right)
        expect(kept(words.left)).toBe(kept(words.right))
        for (const side of [words.left, words.right]) {
          for (const [at, piece] of side.slice(1).entries()) expect(piece.changed).not.toBe(side[at]?.changed)
        }
      }),
    )
  })

  it('marks no more than a library that looks for the least', () => {
    const word = fc.constantFrom('the', 'old', 'new', '-', '.')
    const words = fc.array(word, { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(words, words, (left, right) => {
        const found = changedWords(left.join(' '), right.join(' '))
        if (!found) return
        const apart = (list: string[]) => list.flatMap((one, at) => (at === 0 ? [one] : [' ', one]))
        const same = diffArrays(apart(left), apart(right)).flatMap((part) =>
          part.added || part.removed ? [] : part.value,
        )
        expect(
          found.left.filter((piece) => !piece.changed).flatMap((piece) => piece.text.match(/\w+|[^\w]/g)),
        ).toHaveLength(same.length)
      }),
    )
  })

  it.each([
    ['use the old way', 'use the new way', [['old'], ['new']]],
    ['a b c d', 'a b c d e', [[], [' e']]],
    [
      'let a = f(1)',
      'let abc = f(2)',
      [
        ['a', '1'],
        ['abc', '2'],
      ],
    ],
    ['same', 'same', [[], []]],
    ['nothing alike', 'quite other words', null],
    [`x ${'a '.repeat(1000)}`, `y ${'b '.repeat(1000)}`, null],
  ])('marks what differs between %j and %j', (left, right, changed) => {
    const words = changedWords(left, right)
    const marked =
      words &&
      [words.left, words.right].map((side) =>
        side.filter((piece) => piece.changed).map((piece) => piece.text),
      )
    expect(marked).toEqual(changed)
  })
})
