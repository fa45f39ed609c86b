// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, within } from '@testing-library/preact'
import axe from 'axe-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ActivityChart } from '../../../web/src/components/activity-chart/activity-chart.tsx'
import { formatDate } from '../../../web/src/lib/format.ts'

afterEach(cleanup)

const DAY = 86_400_000
const start = Date.UTC(2026, 9, 1, 12)
const days = [
  { at: start, added: 1200, changed: 0, removed: 3 },
  { at: start + DAY, added: 0, changed: 0, removed: 0 },
  { at: start + 2 * DAY, added: 0, changed: 5, removed: 0 },
]

beforeEach(() => localStorage.clear())

describe('ActivityChart', () => {
  it('has a table of the days on which something happened, newest first', () => {
    render(<ActivityChart label="Last 3 days" days={days} />)
    const table = screen.getByRole('table', { name: 'Last 3 days' })
    const rows = within(table)
      .getAllByRole('row')
      .map((row) => [...row.children].map((cell) => cell.textContent))
    expect(rows).toEqual([
      ['Day', 'added', 'changed', 'removed'],
      [formatDate(start + 2 * DAY), '0', '5', '0'],
      [formatDate(start), '1,200', '0', '3'],
    ])
  })

  it('draws a bar for each kind of what happened on a day, as high as there was of it', () => {
    const { container } = render(<ActivityChart label="Last 3 days" days={days} />)
    const bars = [...container.querySelectorAll('rect')].map((bar) => [
      bar.dataset.kind,
      Number(bar.getAttribute('height')) > 90,
    ])
    expect(bars).toEqual([
      ['added', true],
      ['removed', false],
      ['changed', false],
    ])
    expect(container.querySelector('[aria-hidden] svg')).not.toBeNull()
  })

  it('shows the table instead when asked, and remembers that', () => {
    const { container } = render(<ActivityChart label="Last 3 days" days={days} />)
    fireEvent.click(screen.getByRole('button', { name: 'Table' }))
    expect(container.querySelector('rect')).toBeNull()
    cleanup()
    render(<ActivityChart label="Last 3 days" days={days} />)
    expect(screen.getByRole('button', { name: 'Table', pressed: true })).toBeTruthy()
  })

  it('says when nothing happened', () => {
    render(<ActivityChart label="Last day" days={days.slice(1, 2)} />)
    expect(screen.getByText('Nothing was added, changed or removed.')).toBeTruthy()
  })

  it('passes axe', async () => {
    const { container } = render(<ActivityChart label="Last 3 days" days={days} />)
    const { violations } = await axe.run(container, { rules: { region: { enabled: false } } })
    expect(violations.map(({ id }) => id)).toEqual([])
  })
})
