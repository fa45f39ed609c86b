// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/preact'
import axe from 'axe-core'
import { afterEach, describe, expect, it } from 'vitest'
import { BarList } from '../../../web/src/components/bar-list/bar-list.tsx'

afterEach(cleanup)

const bars = [
  { key: 'skill', label: 'Skills', count: 12_000 },
  { key: 'agent', label: 'Agents', count: 3_000, tone: 'ok' as const },
  { key: 'hook', label: 'Hooks', count: 1 },
  { key: 'rule', label: 'Rules', count: 0 },
]

describe('BarList', () => {
  it('writes the counts and draws them in proportion, the smallest still seen', () => {
    const { container } = render(<BarList label="By type" bars={bars} />)
    expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
      'Skills12,000',
      'Agents3,000',
      'Hooks1',
      'Rules0',
    ])
    const widths = [...container.querySelectorAll<HTMLElement>('[style]')].map(({ style }) => style.width)
    expect(widths).toEqual(['100%', '25%', '1%', '0%'])
  })

  it('draws nothing where nothing is counted', () => {
    const { container } = render(<BarList label="By type" bars={[{ key: 'a', label: 'A', count: 0 }]} />)
    expect(container.querySelector<HTMLElement>('[style]')?.style.width).toBe('0%')
  })

  it('makes links of bars', () => {
    render(
      <BarList
        label="By type"
        bars={bars}
        format={(count) => `${count} kB`}
        link={({ key }, content) => <a href={`/artifacts?type=${key}`}>{content}</a>}
      />,
    )
    const link = screen.getByRole('link', { name: 'Agents 3000 kB' })
    expect(link.getAttribute('href')).toBe('/artifacts?type=agent')
  })

  it('passes axe', async () => {
    const { container } = render(<BarList label="By type" bars={bars} />)
    const { violations } = await axe.run(container, { rules: { region: { enabled: false } } })
    expect(violations.map(({ id }) => id)).toEqual([])
  })
})
