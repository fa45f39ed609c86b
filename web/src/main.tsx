import { render } from 'preact'
import { App } from './app.tsx'
import { connect, connectionState } from './connection.ts'
import { keepQueriesFresh, storedAnswers } from './lib/use-query.ts'
import { applyTheme } from './lib/use-theme.ts'
import { signInByAddress } from './session.ts'
import './styles/tokens.css'
import './styles/base.css'

applyTheme()
const failure = await signInByAddress()
if (failure?.slug.startsWith('auth.')) connectionState.set('signed-out')
keepQueriesFresh()
// Who is signed out shall not find the last picture.
connectionState.subscribe(() => {
  if (connectionState.get() === 'signed-out') storedAnswers.clear()
})
render(<App failure={failure} />, document.getElementById('app') as HTMLElement)
// The first rows come first: the connection's code is loaded when the browser has nothing better to do.
if (connectionState.get() !== 'signed-out') requestAnimationFrame(() => setTimeout(() => void connect()))
