import { ErrorBoundary } from './components/error-boundary.tsx'
import { Page } from './components/page/page.tsx'
import { Shell } from './components/shell/shell.tsx'
import { connectionState } from './connection.ts'
import type { CallError } from './lib/call-error.ts'
import { lazily } from './lib/lazily.tsx'
import { useLocation } from './lib/location.tsx'
import { useStore } from './lib/store.ts'
import { viewAt } from './routes.tsx'

const SignIn = lazily(async () => (await import('./components/sign-in/sign-in.tsx')).SignIn)

/** `failure`: why the code in the address did not sign this browser in. */
export function App({ failure }: { failure: CallError | null }) {
  if (useStore(connectionState) === 'signed-out') return <SignIn failure={failure} />
  return (
    <Shell>
      <Views />
    </Shell>
  )
}

function Views() {
  const [path] = useLocation()
  const found = viewAt(path)
  const View = found?.view.view
  return (
    <ErrorBoundary at={path}>
      {View ? (
        <View key={found.view.path} params={found.params} />
      ) : (
        <Page title="Nothing here">
          <p>
            There is no view at <code>{path}</code>. The navigation has all of them.
          </p>
        </Page>
      )}
    </ErrorBoundary>
  )
}
