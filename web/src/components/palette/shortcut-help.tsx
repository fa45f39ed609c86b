import { shortcutText } from '../../lib/use-shortcut.ts'
import { Dialog } from '../dialog/dialog.tsx'
import styles from './palette.module.css'

const shortcuts: readonly (readonly [string, string])[] = [
  [shortcutText({ key: 'k', mod: true }), 'Search or go to a view, a project, an artifact; actions'],
  ['/', 'Search in this view'],
  [shortcutText({ key: 'r', mod: true, shift: true }), 'Read everything again'],
  ['?', 'These shortcuts'],
  ['Esc', 'Close what is open'],
  ['↑ ↓ Page Home End', 'Move in a table'],
  ['Enter', 'Open the row'],
  ['Space', 'Select the row; with Shift all since the last one'],
  ['n p', 'Next and previous change of a comparison'],
]

/** Every shortcut of the page. */
export function ShortcutHelp({ onClose }: { onClose(): void }) {
  return (
    <Dialog title="Shortcuts" onClose={onClose}>
      <dl class={styles.shortcuts}>
        {shortcuts.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
