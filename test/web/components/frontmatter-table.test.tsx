// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/preact'
import axe from 'axe-core'
import { afterEach, describe, expect, it } from 'vitest'
import { FrontmatterTable } from '../../../web/src/components/frontmatter-table/frontmatter-table.tsx'

afterEach(cleanup)

const metadata = {
  name: 'code-review',
  description: 'First line.\nSecond <line>.',
  'allowed-tools': ['Read', 'Grep', 'Read'],
  version: 2,
  'user-invocable': false,
  empty: '',
  nothing: null,
  none: [],
  hooks: { PreToolUse: [{ matcher: 'Bash' }] },
  mixed: ['a', { b: 1 }],
}

describe('FrontmatterTable', () => {
  it('shows every value of every kind, in the order of the file', () => {
    render(<FrontmatterTable metadata={metadata} />)
    expect(screen.getAllByRole('term').map((term) => term.textContent)).toEqual(Object.keys(metadata))
    expect(screen.getAllByRole('definition').map((value) => value.textContent)).toEqual([
      'code-review',
      'First line.\nSecond <line>.',
      'ReadGrepRead',
      '2',
      'false',
      'empty',
      'empty',
      'empty list',
      JSON.stringify(metadata.hooks, null, 2),
      JSON.stringify(metadata.mixed, null, 2),
    ])
    expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toEqual(['Read', 'Grep', 'Read'])
  })

  it('says when there is nothing', () => {
    render(<FrontmatterTable metadata={{}} />)
    expect(screen.getByText('Nothing stands in its head.')).toBeTruthy()
  })

  it('passes axe', async () => {
    const { container } = render(<FrontmatterTable metadata={metadata} />)
    const { violations } = await axe.run(container, { rules: { region: { enabled: false } } })
    expect(violations.map(({ id }) => id)).toEqual([])
  })
})
