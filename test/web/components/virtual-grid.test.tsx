// @vitest-environment happy-dom
import { cleanup, configure, fireEvent, render, screen, within } from '@testing-library/preact'
import axe from 'axe-core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { VirtualGrid, type VirtualGridProps } from '../../../web/src/components/virtual-grid/virtual-grid.tsx'
import { revealed, spanOf } from '../../../web/src/components/virtual-grid/window.ts'

const opened: string[] = []
const rendered: string[] = []

/** Without a layout a grid is as large as its window. */
beforeEach(() => {
  Object.assign(window, { innerWidth: 1000, innerHeight: 600 })
  opened.length = 0
  rendered.length = 0
})
afterEach(cleanup)

const props: VirtualGridProps = {
  label: 'Matrix',
  rowCount: 2000,
  columnCount: 200,
  rowHeight: 30,
  columnWidth: 40,
  headHeight: 120,
  headWidth: 200,
  renderCell: (row, column) => {
    rendered.push(`${row} ${column}`)
    return (row + column) % 3 === 0 ? `${row}/${column}` : null
  },
  renderRowHeader: (row) => `row ${row}`,
  renderColumnHeader: (column) => `column ${column}`,
  onOpen: (row, column) => opened.push(`${row} ${column}`),
}
const show = (changes: Partial<VirtualGridProps> = {}) => render(<VirtualGrid {...props} {...changes} />)
const grid = () => screen.getByRole('grid')
const press = (...keys: string[]) => {
  for (const key of keys)
    fireEvent.keyDown(grid(), { key: key.replace('Ctrl+', ''), ctrlKey: key.startsWith('Ctrl+') })
}
/** The cell or head that assistive technology is told of. */
const active = () => document.getElementById(grid().getAttribute('aria-activedescendant') ?? '')?.textContent
const scrollTo = (top: number, left: number) => {
  grid().scrollTop = top
  grid().scrollLeft = left
  fireEvent.scroll(grid())
}

/** However busy the machine is. */
configure({ asyncUtilTimeout: 20_000 })
const eventually = <T,>(read: () => T) => expect.poll(read, { timeout: 20_000 })

describe('VirtualGrid', () => {
  it('has in the document what is in view, and says how much there is', async () => {
    show()
    expect(grid().getAttribute('aria-rowcount')).toBe('2001')
    expect(grid().getAttribute('aria-colcount')).toBe('201')
    expect(screen.getAllByRole('row').length).toBeLessThan(40)
    expect(screen.getAllByRole('gridcell').length).toBeLessThan(400)
    scrollTo(30 * 1000, 40 * 100)
    const cell = await screen.findByText('1001/100')
    expect(cell.closest('[role="row"]')?.getAttribute('aria-rowindex')).toBe('1003')
    expect(screen.getByText('row 1001').getAttribute('role')).toBe('rowheader')
    expect(screen.getByText('column 101').getAttribute('aria-colindex')).toBe('103')
    expect(screen.queryByText('row 0')).toBeNull()
  })

  it('renders no cell again that it has rendered, and keeps its element', async () => {
    show()
    const kept = screen.getByText('12/3')
    rendered.length = 0
    scrollTo(8 * 30, 0)
    await screen.findByText('row 25')
    expect(screen.getByText('12/3')).toBe(kept)
    expect(rendered).not.toContain('12 3')
    expect(rendered.length).toBeGreaterThan(0)
  })

  it('renders two cells anew when the active one changes', async () => {
    show()
    rendered.length = 0
    press('ArrowDown')
    await eventually(active).toBe('nothing')
    expect(rendered).toEqual(['0 0', '1 0'])
  })

  it.each([
    [[], '0/0'],
    [['ArrowDown', 'ArrowRight', 'ArrowRight'], '1/2'],
    [['ArrowRight'], 'nothing'],
    [['ArrowLeft'], 'row 0'],
    [['ArrowUp'], 'column 0'],
    [['ArrowUp', 'ArrowLeft'], 'column 0'],
    [['ArrowLeft', 'ArrowUp'], 'row 0'],
    [['End', 'ArrowRight'], 'nothing'],
    [['ArrowRight', 'ArrowRight', 'ArrowRight', 'Home'], '0/0'],
    [['PageDown'], '15/0'],
    [['PageDown', 'PageUp', 'PageUp'], '0/0'],
    [['Ctrl+End', 'Ctrl+Home'], '0/0'],
  ])('moves by %j to %j', async (keys, text) => {
    show()
    press(...keys)
    await eventually(active).toBe(text)
  })

  it('goes to the far end by one key and scrolls there', async () => {
    show()
    press('Ctrl+End')
    await eventually(() => grid().scrollTop).toBe(2000 * 30 - 480)
    expect(grid().scrollLeft).toBe(200 * 40 - 800)
    expect(screen.getByText('row 1999')).toBeTruthy()
    press('ArrowUp')
    await eventually(active).toBe('nothing')
  })

  it('keeps the active cell when it is scrolled out of view, and the focus', async () => {
    show()
    grid().focus()
    press('ArrowDown', 'ArrowRight', 'ArrowRight')
    scrollTo(30 * 500, 0)
    await eventually(active).toBeUndefined()
    expect(document.activeElement).toBe(grid())
    press('ArrowDown', 'ArrowRight', 'ArrowRight')
    await eventually(active).toBe('2/4')
    expect(grid().scrollTop).toBe(60)
  })

  it('opens cells and heads by click and by Enter', () => {
    show()
    fireEvent.click(screen.getByText('3/3'))
    fireEvent.click(screen.getByText('row 2'))
    fireEvent.click(screen.getByText('column 4'))
    press('ArrowDown', 'Enter')
    expect(opened).toEqual(['3 3', '2 -1', '-1 4', '0 4'])
  })

  it('leaves links in cells what they do', () => {
    show({ renderCell: () => <a href="#x">code-review</a> })
    fireEvent.click(screen.getAllByText('code-review')[0] as Element)
    expect(opened).toEqual([])
  })

  it('shows what is left when rows go, and others when the content changes', async () => {
    const { rerender } = show()
    scrollTo(30 * 1900, 40 * 190)
    await screen.findByText('row 1900')
    rerender(<VirtualGrid {...props} rowCount={3} columnCount={2} renderCell={() => 'x'} />)
    expect(screen.getAllByText('x')).toHaveLength(6)
    expect(within(grid()).getAllByRole('rowheader')).toHaveLength(3)
    rerender(<VirtualGrid {...props} rowCount={0} columnCount={0} />)
    expect(screen.queryAllByRole('gridcell')).toEqual([])
    press('ArrowDown', 'Enter')
    expect(opened).toEqual([])
    expect(grid().hasAttribute('aria-activedescendant')).toBe(false)
  })

  it('passes axe', async () => {
    const { container } = show({ rowCount: 20, columnCount: 10 })
    const { violations } = await axe.run(container, { rules: { region: { enabled: false } } })
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
  })
})

describe('what of an axis is rendered', () => {
  const axis = fc.record({
    count: fc.integer({ min: 0, max: 5000 }),
    size: fc.integer({ min: 1, max: 100 }),
    room: fc.integer({ min: 1, max: 3000 }),
    offset: fc.integer({ min: -500, max: 600_000 }),
  })

  it('holds all that is in view, and little more', () => {
    fc.assert(
      fc.property(axis, ({ count, size, room, offset }) => {
        const { first, end } = spanOf(offset, room, size, count)
        const scrolled = Math.max(0, Math.min(offset, count * size - room))
        for (const at of [scrolled, Math.min(scrolled + room, count * size) - 1]) {
          if (count > 0)
            expect(Math.floor(at / size)).toSatisfy((index: number) => index >= first && index < end)
        }
        expect(end - first).toBeLessThanOrEqual(Math.min(count, Math.ceil(room / size) + 16))
        expect(first).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('scrolls as little as brings an item into view', () => {
    fc.assert(
      fc.property(axis, fc.nat(4999), ({ size, room, offset: any }, index) => {
        const offset = Math.max(0, any)
        const to = revealed(offset, Math.max(room, size), size, index)
        expect(to).toBeLessThanOrEqual(index * size)
        expect(to + Math.max(room, size)).toBeGreaterThanOrEqual((index + 1) * size)
        const isThere = offset <= index * size && offset + Math.max(room, size) >= (index + 1) * size
        expect(to === offset).toBe(isThere)
      }),
    )
  })
})
