import { Route, Router, Switch, useLocation } from 'wouter-preact'
import { ErrorBoundary } from './components/error-boundary.tsx'
import { Page } from './components/page/page.tsx'
import { Shell } from './components/shell/shell.tsx'
import { SignIn } from './components/sign-in/sign-in.tsx'
import { connectionState } from './connection.ts'
import { basePath } from './lib/base.ts'
import type { CallError } from './lib/call-error.ts'
import { useStore } from './lib/store.ts'
import { views } from './routes.tsx'

/** `failure`: why the code in the address did not sign this browser in. */
export function App({ failure }: { failure: CallError | null }) {
  if (useStore(connectionState) === 'signed-out') return <SignIn failure={failure} />
  return (
    <Router base={basePath}>
      <Shell>
        <Views />
      </Shell>
    </Router>
  )
}

function Views() {
  const [path] = useLocation()
  return (
    <ErrorBoundary at={path}>
      <Switch>
        {views.map(({ path: at, view: View }) => (
          <Route key={at} path={at}>
            {(params) => <View params={params as Record<string, string>} />}
          </Route>
        ))}
        <Route>
          <Page title="Nothing here">
            <p>
              There is no view at <code>{path}</code>. The navigation has all of them.
            </p>
          </Page>
        </Route>
      </Switch>
    </ErrorBoundary>
  )
}
