import { useEffect } from 'preact/hooks'
import type { CallError } from '../../lib/call-error.ts'
import { isSignedIn } from '../../session.ts'
import styles from './sign-in.module.css'

/** Instead of the page while this browser is not signed in; looks again when it gets the focus. */
export function SignIn({ failure }: { failure: CallError | null }) {
  useEffect(() => {
    document.title = 'Sign in · smd'
    const look = async (): Promise<void> => {
      if (await isSignedIn()) window.location.reload()
    }
    window.addEventListener('focus', look)
    return () => window.removeEventListener('focus', look)
  }, [])
  return (
    <main class={styles.view}>
      <h1>This browser is not signed in</h1>
      {failure && <p role="alert">{failure.message}</p>}
      <p>The page shows what is on your machine, so it opens only for who can use a terminal there. Type</p>
      <pre>smd open</pre>
      <p>
        and the page opens, signed in. On a machine without a browser <code>smd open --print</code> prints the
        address; it works once, for a minute.
      </p>
    </main>
  )
}
