/** Signing in: the code of an address that `smd open` made becomes a cookie which no script can read. */
import { addressOf } from './lib/base.ts'
import { CallError, unreachable } from './lib/call-error.ts'

const CODE = /^#code=([\w-]+)$/

/**
 * Exchanges the code in the address, when there is one, and takes it out of the address first: it shall not stay in the
 * history. Returns why that failed, or null.
 */
export async function signInByAddress(): Promise<CallError | null> {
  const code = CODE.exec(window.location.hash)?.[1]
  if (code === undefined) return null
  history.replaceState(null, '', window.location.pathname + window.location.search)
  try {
    const response = await fetch(addressOf('api/session'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    })
    if (response.ok) return null
    const { error, message, hint } = await response.json()
    return new CallError(error, message, hint ?? '')
  } catch {
    return unreachable()
  }
}

/** Whether this browser is signed in now. */
export async function isSignedIn(): Promise<boolean> {
  try {
    return (await fetch(addressOf('api/session'))).ok
  } catch {
    return false
  }
}

/** Ends the session of this browser. */
export async function signOut(): Promise<void> {
  await fetch(addressOf('api/session'), { method: 'DELETE' })
}
