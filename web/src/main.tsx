import { render } from 'preact'
import { App } from './app.tsx'
import { connect, connectionState, holdCalls } from './connection.ts'
import { afterPaint } from './lib/after-paint.ts'
import { basePath } from './lib/base.ts'
import { cameAlong } from './lib/first-answers.ts'
import { keepQueriesFresh, storedAnswers } from './lib/use-query.ts'
import { applyTheme } from './lib/use-theme.ts'
import { whenIdle } from './lib/when-idle.ts'
import { viewAt } from './routes.tsx'
import { signInByAddress } from './session.ts'
import './styles/tokens.css'
import './styles/base.css'

/** For so long, in ms, the view may take to come before the page is drawn without it. */
const PATIENCE_MS = 150

/** Draws the page. */
export async function start(): Promise<void> {
  applyTheme()
  const failure = await signInByAddress()
  if (failure?.slug.startsWith('auth.')) connectionState.set('signed-out')
  keepQueriesFresh()
  // Who is signed out shall not find the last picture.
  connectionState.subscribe(() => {
    if (connectionState.get() === 'signed-out') storedAnswers.clear()
  })

  // Drawn once with everything is drawn sooner than drawn three times. What index.html shows stands there until then.
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))
  let painted = (): void => undefined
  if (cameAlong) holdCalls(new Promise((resolve) => (painted = resolve)))
  const found = viewAt(window.location.pathname.slice(basePath.length))
  await Promise.race([found?.view.view.ask(), patience])
  render(<App failure={failure} />, document.getElementById('app') as HTMLElement)
  await afterPaint()
  painted()
  // The first rows come first: the connection and its code come when the browser has nothing better to do.
  if (connectionState.get() !== 'signed-out') whenIdle(() => void connect())
}
