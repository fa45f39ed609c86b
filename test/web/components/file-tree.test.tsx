// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/preact'
import axe from 'axe-core'
import { afterEach, describe, expect, it } from 'vitest'
import { FileTree } from '../../../web/src/components/file-tree/file-tree.tsx'
import type { TreeEntry } from '../../../web/src/components/file-tree/tree.ts'

const opened: string[] = []
afterEach(() => {
  cleanup()
  opened.length = 0
})

const entries: TreeEntry[] = [
  { path: 'SKILL.md', kind: 'file', sizeBytes: 1234, status: 'changed' },
  { path: 'references', kind: 'folder' },
  { path: 'references/b10.md', kind: 'file', sizeBytes: 0 },
  { path: 'references/b9.md', kind: 'file', sizeBytes: 9 },
  { path: 'scripts/deep/run.sh', kind: 'file', status: 'added' },
  { path: 'old.md', kind: 'file', status: 'removed' },
  { path: 'latest', kind: 'link' },
]
const show = (selected?: string) =>
  render(
    <FileTree label="Files" entries={entries} selected={selected} onOpen={(path) => opened.push(path)} />,
  )
const names = () => screen.getAllByRole('treeitem').map((row) => row.children[1]?.textContent)
const focused = () => document.activeElement?.children[1]?.textContent
const press = (...keys: string[]) => {
  for (const key of keys) fireEvent.keyDown(document.activeElement as Element, { key })
}
const start = () =>
  screen
    .getAllByRole('treeitem')
    .find((row) => row.tabIndex === 0)
    ?.focus()

describe('FileTree', () => {
  it('shows folders first, also those that only paths tell of, and says where each row stands', () => {
    show('SKILL.md')
    expect(
      screen
        .getAllByRole('treeitem')
        .map((row) =>
          [
            row.children[1]?.textContent,
            ...['aria-level', 'aria-posinset', 'aria-setsize', 'aria-expanded', 'aria-selected'].map((name) =>
              row.getAttribute(name),
            ),
          ].join(' '),
        ),
    ).toEqual([
      'references 1 1 5 true false',
      'b9.md 2 1 2  false',
      'b10.md 2 2 2  false',
      'scripts 1 2 5 true false',
      'deep 2 1 1 true false',
      'run.sh 3 1 1  false',
      'latest 1 3 5  false',
      'old.md 1 4 5  false',
      'SKILL.md 1 5 5  true',
    ])
  })

  it('shows sizes, links and what became of a file, not by colour alone', () => {
    show()
    expect(screen.getByRole('treeitem', { name: /SKILL\.md/ }).textContent).toBe('SKILL.md1.2 KBMchanged')
    expect(screen.getByRole('treeitem', { name: /b10/ }).textContent).toBe('b10.md0 B')
    expect(screen.getByRole('treeitem', { name: /latest/ }).textContent).toBe('latestlink')
    expect(screen.getByRole('treeitem', { name: /run/ }).textContent).toBe('run.shAadded')
  })

  it('opens files and opens and closes folders by click', () => {
    show()
    fireEvent.click(screen.getByText('b9.md'))
    expect(opened).toEqual(['references/b9.md'])
    fireEvent.click(screen.getByText('references'))
    expect(names()).not.toContain('b9.md')
    fireEvent.click(screen.getByText('references'))
    expect(names()).toContain('b9.md')
    expect(opened).toHaveLength(1)
  })

  it('has one focus stop, which is the open file at first', () => {
    show('old.md')
    const stops = screen.getAllByRole('treeitem').filter((row) => row.tabIndex === 0)
    expect(stops.map((row) => row.children[1]?.textContent)).toEqual(['old.md'])
  })

  it.each([
    [['ArrowDown'], 'b9.md'],
    [['End'], 'SKILL.md'],
    [['End', 'ArrowDown'], 'SKILL.md'],
    [['End', 'Home'], 'references'],
    [['ArrowUp'], 'references'],
    [['ArrowRight'], 'b9.md'],
    [['ArrowRight', 'ArrowDown', 'ArrowLeft'], 'references'],
    [['ArrowLeft', 'ArrowDown'], 'scripts'],
    [['ArrowLeft', 'ArrowRight', 'ArrowDown'], 'b9.md'],
    [['End', 'ArrowRight'], 'SKILL.md'],
    [['b'], 'b9.md'],
    [['b', 'b'], 'b10.md'],
    [['b', 'b', 'b'], 'b9.md'],
    [['s', 'k'], 'SKILL.md'],
    [['x'], 'references'],
  ])('moves the focus by %j to %s', (keys, name) => {
    show()
    start()
    press(...keys)
    expect(focused()).toBe(name)
  })

  it('opens by Enter, and leaves keys of the browser alone', () => {
    show()
    start()
    press('End', 'Enter')
    expect(opened).toEqual(['SKILL.md'])
    fireEvent.keyDown(document.activeElement as Element, { key: 'o', ctrlKey: true })
    expect(focused()).toBe('SKILL.md')
  })

  it('keeps the focus where it is when files change', () => {
    const { rerender } = show()
    start()
    press('End')
    rerender(<FileTree label="Files" entries={entries.slice(0, -1)} onOpen={() => {}} />)
    expect(focused()).toBe('SKILL.md')
  })

  it('passes axe', async () => {
    const { container } = show('SKILL.md')
    const { violations } = await axe.run(container, { rules: { region: { enabled: false } } })
    expect(violations.map(({ id }) => id)).toEqual([])
  })
})
