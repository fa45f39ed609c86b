// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, describe, expect, it } from 'vitest'
import { ErrorBoundary } from '../../../web/src/components/error-boundary.tsx'

/** A page of which one view fails as long as `failing` says so. */
const page = (at: string, failing: { now: boolean }) => {
  const View = () => {
    if (failing.now) throw new Error('no rows')
    return <p>All is well at {at}</p>
  }
  return (
    <>
      <nav>Other views</nav>
      <ErrorBoundary at={at}>
        <View />
      </ErrorBoundary>
    </>
  )
}

afterEach(cleanup)

describe('a view that fails (CACHE-3.2d)', () => {
  it('says so as an alert, leaves the rest of the page, and is tried again when asked', () => {
    const failing = { now: true }
    render(page('/matrix', failing))
    expect(screen.getByRole('alert').textContent).toContain('This view failed: no rows')
    expect(screen.getByText('Other views')).toBeTruthy()
    failing.now = false
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    expect(screen.queryByRole('alert')).toBeNull()
    expect(screen.getByText('All is well at /matrix')).toBeTruthy()
  })

  it('is forgotten when another view is opened', () => {
    const failing = { now: true }
    const { rerender } = render(page('/matrix', failing))
    failing.now = false
    rerender(page('/matrix', failing))
    expect(screen.getByRole('alert')).toBeTruthy()
    rerender(page('/jobs', failing))
    expect(screen.queryByRole('alert')).toBeNull()
    expect(screen.getByText('All is well at /jobs')).toBeTruthy()
  })
})
