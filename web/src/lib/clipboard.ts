import { notify } from '../components/notices/notices.tsx'

/** Puts a text on the clipboard and tells so; `what` is for the sentence, e.g. `3 names`. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    notify({ tone: 'ok', text: `Copied ${what}` })
  } catch {
    // A browser allows it for a moment after a click only; what took longer to read needs another one.
    notify({
      tone: 'attention',
      text: `The browser did not allow to copy ${what}.`,
      action: { text: 'Copy', act: () => void copyText(text, what) },
    })
  }
}
