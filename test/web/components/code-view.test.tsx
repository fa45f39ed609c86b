// @vitest-environment happy-dom
import { cleanup, configure, fireEvent, render, screen } from '@testing-library/preact'
import axe from 'axe-core'
import { afterEach, describe, expect, it } from 'vitest'
import { CodeView } from '../../../web/src/components/code-view/code-view.tsx'

// However busy the machine is.
configure({ asyncUtilTimeout: 20_000 })

afterEach(() => {
  cleanup()
  localStorage.clear()
})

const linesOf = (container: Element): Array<[string | null, string | null]> =>
  [...container.querySelectorAll('[data-line]')].map((line) => [
    line.getAttribute('data-line'),
    line.textContent?.replace('\n', '') ?? null,
  ])

describe('CodeView', () => {
  it.each([
    ['a\n\nb', ['a', '', 'b']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['', ['']],
    ['<b>&amp;</b>', ['<b>&amp;</b>']],
  ])('shows the lines of %j with their numbers', (text, lines) => {
    const { container } = render(<CodeView text={text} label="a.txt" />)
    expect(linesOf(container)).toEqual(lines.map((line, at) => [String(at + 1), line]))
  })

  it('renders of 20,000 lines those in view and those around the marked one', () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `line ${i + 1}`).join('\n')
    const { container } = render(<CodeView text={text} label="a.txt" line={15_000} />)
    const numbers = linesOf(container).map(([number]) => Number(number))
    expect(numbers.length).toBeLessThan(1000)
    expect(numbers).toContain(1)
    expect(container.querySelector('[aria-current="true"]')?.textContent).toBe('line 15000\n')
    expect(container.textContent).toContain('20,000 lines')
    // The rest has its place already.
    const heights = [...container.querySelectorAll<HTMLElement>('[style*="height"]')].map(({ style }) =>
      Number.parseInt(style.height || style.containIntrinsicHeight.replace('auto ', ''), 10),
    )
    expect(heights.reduce((sum, height) => sum + height, 0)).toBe(20_000 * 18)
  })

  it('cuts a line that would stop the layout', () => {
    const { container } = render(<CodeView text={'x'.repeat(1_000_000)} label="a.txt" />)
    expect(container.textContent?.length).toBeLessThan(11_000)
    expect(container.textContent).toContain('…')
  })

  it('remembers whether lines are wrapped', () => {
    render(<CodeView text="a" label="a.txt" />)
    expect(screen.getByLabelText('a.txt').dataset.wrap).toBe('false')
    fireEvent.click(screen.getByLabelText('Wrap lines'))
    expect(screen.getByLabelText('a.txt').dataset.wrap).toBe('true')
    cleanup()
    render(<CodeView text="a" label="b.txt" />)
    expect(screen.getByLabelText('b.txt').dataset.wrap).toBe('true')
  })

  it('copies the text as it is, and says so', async () => {
    render(<CodeView text={'a\r\nb\n'} label="a.txt" />)
    fireEvent.click(screen.getByRole('button', { name: 'Copy a.txt' }))
    expect(await screen.findByText('Copied')).toBeTruthy()
    expect(await navigator.clipboard.readText()).toBe('a\r\nb\n')
  })

  it('passes axe', async () => {
    const { container } = render(<CodeView text={'a\nb'} label="a.txt" line={2} />)
    const { violations } = await axe.run(container, { rules: { region: { enabled: false } } })
    expect(violations.map(({ id }) => id)).toEqual([])
  })
})
