// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { OutdatedBadge } from '../../../web/src/components/outdated-badge/outdated-badge.tsx'
import { fakeDaemon } from '../support/fake-daemon.ts'
import { answerUpdates, anUpdate } from '../support/updates.ts'

afterEach(cleanup)

describe('OutdatedBadge', () => {
  it('opens the dialog of an update, and closes it (CACHE-5.3a)', async () => {
    fakeDaemon({
      'artifacts.outdated': (params) => answerUpdates([anUpdate({ name: 'files', type: 'mcp' })], params),
    })
    render(<OutdatedBadge artifact={{ id: 'art_files', name: 'files', state: 'outdated' }} />)
    const badge = screen.getByRole('button', { name: 'Update available: files' })
    expect(badge.getAttribute('aria-haspopup')).toBe('dialog')
    expect(badge.title).toBe('Its source has changed since.')
    fireEvent.click(badge)
    await screen.findByRole('dialog', { name: 'Update available: files' })
    // A server has no files that could be compared.
    expect(screen.queryByText('What differs')).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Close' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })

  it('leaves opening to the table whose row it is in, and is no focus stop there', () => {
    const onOpen = vi.fn()
    render(<OutdatedBadge artifact={{ id: 'art_1', name: 'one', state: 'diverged' }} onOpen={onOpen} />)
    const badge = screen.getByRole('button', { name: 'Diverged: one' })
    expect(badge.tabIndex).toBe(-1)
    fireEvent.click(badge)
    expect(onOpen).toHaveBeenCalledOnce()
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it.each(['current', 'modified', 'untracked', 'unknown'] as const)('is words alone for %s', (state) => {
    render(<OutdatedBadge artifact={{ id: 'art_1', name: 'one', state }} />)
    expect(screen.queryByRole('button')).toBeNull()
  })
})
