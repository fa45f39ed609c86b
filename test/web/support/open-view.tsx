import { cleanup, render } from '@testing-library/preact'
import type { ComponentType } from 'preact'
import { onTestFinished, vi } from 'vitest'

/**
 * Shows a view as the page does at `path`, with its notices: fresh modules for each call, since the page holds answers for
 * as long as it is open. `load` imports the view.
 */
export async function openView<Props extends object>(
  path: string,
  load: () => Promise<ComponentType<Props>>,
  props: Props = {} as Props,
): Promise<void> {
  vi.resetModules()
  localStorage.clear()
  vi.stubGlobal('requestIdleCallback', (work: () => void) => work())
  history.replaceState(null, '', path)
  const View = await load()
  const { Notices } = await import('../../../web/src/components/notices/notices.tsx')
  const { keepQueriesFresh } = await import('../../../web/src/lib/use-query.ts')
  const { connect } = await import('../../../web/src/connection.ts')
  keepQueriesFresh()
  void connect()
  render(
    <>
      <View {...props} />
      <Notices />
    </>,
  )
  onTestFinished(() => {
    cleanup()
    localStorage.clear()
  })
}
