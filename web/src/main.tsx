import { render } from 'preact'
import { App } from './app.tsx'
import { connect, connectionState } from './connection.ts'
import { basePath } from './lib/base.ts'
import { keepQueriesFresh, storedAnswers } from './lib/use-query.ts'
import { applyTheme } from './lib/use-theme.ts'
import { whenIdle } from './lib/when-idle.ts'
import { viewAt } from './routes.tsx'
import { signInByAddress } from './session.ts'
import './styles/tokens.css'
import './styles/base.css'

applyTheme()
// Where no code has to be exchanged first, the view and its answers come while this page is being made.
if (!window.location.hash.startsWith('#code=')) {
  viewAt(window.location.pathname.slice(basePath.length))?.view.ask()
}
const failure = await signInByAddress()
if (failure?.slug.startsWith('auth.')) connectionState.set('signed-out')
keepQueriesFresh()
// Who is signed out shall not find the last picture.
connectionState.subscribe(() => {
  if (connectionState.get() === 'signed-out') storedAnswers.clear()
})
/** What `index.html` shows until then is painted first; a page in the background has no frame to wait for. */
const start = (): void => {
  render(<App failure={failure} />, document.getElementById('app') as HTMLElement)
  // The first rows come first: the connection and its code come when the browser has nothing better to do.
  if (connectionState.get() !== 'signed-out') whenIdle(() => void connect())
}
if (document.hidden) start()
else requestAnimationFrame(() => setTimeout(start))
