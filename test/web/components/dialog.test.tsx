// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/preact'
import { useState } from 'preact/hooks'
import { describe, expect, it, vi } from 'vitest'
import { fakeDaemon, liveMock, Refusal } from '../support/fake-daemon.ts'
import { openView } from '../support/open-view.tsx'

vi.mock('../../../web/src/live.ts', () => liveMock)

/** A button that opens a dialog, which checks the sources and closes; the test ends each check. */
async function openDialog(): Promise<Array<{ done(): void; fail(error: Error): void }>> {
  const checks: Array<{ done(): void; fail(error: Error): void }> = []
  fakeDaemon({
    'tags.create': ({ name }) =>
      new Promise((resolve, reject) =>
        checks.push({
          done: () =>
            resolve({
              tag: { name, slug: name, color: null, description: '', artifactCount: 0, defined: true },
              notWritten: [],
            }),
          fail: reject,
        }),
      ),
  })
  await openView('/', async () => {
    const { Dialog } = await import('../../../web/src/components/dialog/dialog.tsx')
    const { DialogFoot } = await import('../../../web/src/components/dialog/dialog-foot.tsx')
    const { call } = await import('../../../web/src/connection.ts')
    const { useDialogAction } = await import('../../../web/src/lib/use-action.ts')
    function Asking({ onClose }: { onClose(): void }) {
      const { running, error, run } = useDialogAction(async () => {
        await call('tags.create', { name: 'daily' })
        onClose()
      })
      return (
        <Dialog title="New tag" onClose={onClose}>
          <DialogFoot text="Make it" running={running} error={error} onAct={run} onClose={onClose} />
        </Dialog>
      )
    }
    return () => {
      const [isOpen, setOpen] = useState(true)
      return isOpen ? <Asking onClose={() => setOpen(false)} /> : <p>Closed.</p>
    }
  })
  return checks
}

const dialog = (): HTMLElement => screen.getByRole('dialog', { name: 'New tag' })
const button = (name: string): HTMLButtonElement =>
  within(dialog()).getByRole<HTMLButtonElement>('button', { name })
const cancels: Array<[string, () => void]> = [
  ['Cancel', () => button('Cancel').click()],
  ['×', () => button('Close').click()],
  ['Escape', () => void fireEvent(dialog(), new Event('cancel', { cancelable: true }))],
  ['a click beside it', () => void fireEvent.click(dialog())],
]

describe('a dialog', () => {
  it.each(cancels)('is closed by %s, but not while what it is for is on its way', async (_, cancel) => {
    const checks = await openDialog()
    button('Make it').click()
    await waitFor(() => expect(checks).toHaveLength(1))
    await within(dialog()).findByRole('button', { name: 'Working…' })
    cancel()
    expect(button('Working…').disabled).toBe(true)
    expect(screen.queryByText('Closed.')).toBeNull()
    checks[0]?.fail(new Refusal('tag.duplicate', 'There is a tag of this name.'))
    await within(dialog()).findByRole('button', { name: 'Make it' })
    cancel()
    await screen.findByText('Closed.')
  })

  it('stands again where the browser closes it while what it is for is on its way', async () => {
    const checks = await openDialog()
    button('Make it').click()
    await within(dialog()).findByRole('button', { name: 'Working…' })
    ;(dialog() as HTMLDialogElement).close()
    expect((dialog() as HTMLDialogElement).open).toBe(true)
    await waitFor(() => expect(checks).toHaveLength(1))
    checks[0]?.done()
    await screen.findByText('Closed.')
  })

  it('says itself why what it is for failed, until it is tried again', async () => {
    const checks = await openDialog()
    button('Make it').click()
    await waitFor(() => expect(checks).toHaveLength(1))
    checks[0]?.fail(new Refusal('tag.duplicate', 'There is a tag of this name.', 'Choose another.'))
    const alert = await within(dialog()).findByRole('alert')
    expect(alert.textContent).toBe('There is a tag of this name.Choose another.')
    // Notices cannot be reached while a modal dialog stands.
    expect(screen.getAllByText('There is a tag of this name.')).toHaveLength(1)
    button('Make it').click()
    await waitFor(() => expect(within(dialog()).queryByRole('alert')).toBeNull())
    await waitFor(() => expect(checks).toHaveLength(2))
    checks[1]?.done()
    await screen.findByText('Closed.')
  })
})
