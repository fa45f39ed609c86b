// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Column, DataTable, type Selection } from '../../../web/src/components/data-table/data-table.tsx'

type Row = { id: string }
const rows: Row[] = Array.from({ length: 1_000 }, (_, index) => ({ id: `row-${index}` }))
let rendered: string[] = []
const columns: readonly Column<Row>[] = [
  {
    id: 'id',
    title: 'Id',
    width: '1fr',
    render: ({ id }) => {
      rendered.push(id)
      return id
    },
  },
]
let lists = 0

type TableProps = { list?: readonly Row[]; chosen?: ReadonlySet<string>; memory: string }

function Table({ list = rows, chosen = new Set(), memory }: TableProps) {
  const selection: Selection = {
    has: (key) => chosen.has(key),
    toggle: () => undefined,
    all: false,
    toggleAll: () => undefined,
  }
  return (
    <DataTable
      label="Rows"
      columns={columns}
      count={list.length}
      rowAt={(index) => list[index]}
      keyOf={({ id }) => id}
      selection={selection}
      memory={memory}
    />
  )
}

beforeEach(() => {
  rendered = []
})
afterEach(cleanup)

describe('the rows of a table', () => {
  it('are rendered when they come into view, and left alone while they stay', async () => {
    const memory = `list ${lists++}`
    render(<Table memory={memory} />)
    const grid = screen.getByRole('grid')
    const next = rendered.length
    rendered = []
    grid.scrollTop = 3 * 32
    fireEvent.scroll(grid)
    await screen.findByText(`row-${next + 2}`)
    expect(rendered).toEqual([`row-${next}`, `row-${next + 1}`, `row-${next + 2}`])
  })

  it('are rendered again one by one: the one that was selected, and the one that is another', () => {
    const memory = `list ${lists++}`
    const { rerender } = render(<Table memory={memory} />)
    rendered = []
    rerender(<Table memory={memory} chosen={new Set(['row-2'])} />)
    expect(rendered).toEqual(['row-2'])
    expect(screen.getByText('row-2').closest('[role="row"]')?.getAttribute('aria-selected')).toBe('true')
    rendered = []
    rerender(<Table memory={memory} chosen={new Set(['row-2'])} list={rows.with(4, { id: 'another' })} />)
    expect(rendered).toEqual(['another'])
    expect(screen.queryByText('row-4')).toBeNull()
  })

  it('are rendered again where the keys left and where they came', async () => {
    render(<Table memory={`list ${lists++}`} />)
    rendered = []
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'ArrowDown' })
    await waitFor(() => expect(rendered).toEqual(['row-0', 'row-1']))
  })
})
