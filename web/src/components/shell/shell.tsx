import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { connectionState } from '../../connection.ts'
import { formatCount } from '../../lib/format.ts'
import { lazily } from '../../lib/lazily.tsx'
import { Link, useLocation } from '../../lib/location.tsx'
import { useStore } from '../../lib/store.ts'
import { useQuery } from '../../lib/use-query.ts'
import { shortcutAria, shortcutText, useShortcut } from '../../lib/use-shortcut.ts'
import { views } from '../../routes.tsx'
import { Icon } from '../icon/icon.tsx'
import { Notices } from '../notices/notices.tsx'
import { RefreshButton } from './refresh-button.tsx'
import styles from './shell.module.css'
import { ThemeButton } from './theme-button.tsx'

const Palette = lazily(async () => (await import('../palette/palette.tsx')).Palette)
const ShortcutHelp = lazily(async () => (await import('../palette/shortcut-help.tsx')).ShortcutHelp)

const paletteKey = { key: 'k', mod: true }

/** What stands around every view: navigation, search, refresh, and what is told to the user. */
export function Shell({ children }: { children: ComponentChildren }) {
  const [open, setOpen] = useState<'palette' | 'help' | null>(null)
  const [isMenuOpen, setMenuOpen] = useState(false)
  const [path] = useLocation()
  const close = (): void => setOpen(null)
  useShortcut(paletteKey, () => setOpen('palette'))
  useShortcut({ key: '?' }, () => setOpen('help'))
  useShortcut({ key: '/' }, () => {
    // A view with a search of its own is searched; elsewhere everything is.
    const search = document.querySelector<HTMLInputElement>('main input[type="search"]')
    search?.focus()
    search?.select()
    if (!search) setOpen('palette')
  })
  return (
    <div class={styles.shell}>
      <a class={styles.skip} href={`${path}#page-title`} onClick={skipToView}>
        Skip to the content
      </a>
      <header class={styles.bar}>
        <button
          type="button"
          class={styles.menu}
          aria-label="Menu"
          aria-expanded={isMenuOpen}
          aria-controls="navigation"
          onClick={() => setMenuOpen(!isMenuOpen)}
        >
          <Icon name="menu" />
        </button>
        <Link href="/" class={styles.brand}>
          smd
        </Link>
        <button
          type="button"
          class={styles.find}
          aria-keyshortcuts={shortcutAria(paletteKey)}
          onClick={() => setOpen('palette')}
        >
          <Icon name="search" />
          <span>Search or go to…</span>
          <kbd>{shortcutText(paletteKey)}</kbd>
        </button>
        <span class={styles.space} />
        <Connection />
        <RefreshButton />
        <ThemeButton />
      </header>
      <nav
        id="navigation"
        class={styles.navigation}
        aria-label="Views"
        data-open={isMenuOpen ? '' : undefined}
        onClick={() => setMenuOpen(false)}
      >
        <Navigation path={path} />
      </nav>
      <main class={styles.main}>{children}</main>
      <Notices />
      {open === 'palette' && <Palette onClose={close} onHelp={() => setOpen('help')} />}
      {open === 'help' && <ShortcutHelp onClose={close} />}
    </div>
  )
}

function skipToView(event: MouseEvent): void {
  event.preventDefault()
  document.getElementById('page-title')?.focus()
}

function Navigation({ path }: { path: string }) {
  const { data } = useQuery('daemon.status', {})
  const { data: cache } = useQuery('cache.status', {})
  const problems = data?.health.warnings.filter(({ severity }) => severity !== 'info').length ?? 0
  const counts: Record<string, number | undefined> = {
    '/projects': cache?.projects,
    '/artifacts': cache?.artifacts,
    '/outdated': cache?.outdatedArtifacts || undefined,
    '/health': problems || undefined,
  }
  return (
    <ul>
      {views.map(({ path: to, navigation }) => {
        if (!navigation) return null
        const isHere = to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`)
        const count = counts[to]
        return (
          <li key={to}>
            <Link href={to} aria-current={isHere ? 'page' : undefined}>
              <Icon name={navigation.icon} />
              <span>{navigation.name}</span>
              {count !== undefined && (
                <span class={styles.count} data-tone={to === '/health' ? 'danger' : undefined}>
                  {formatCount(count)}
                </span>
              )}
            </Link>
          </li>
        )
      })}
    </ul>
  )
}

/** Silent while all is well. */
function Connection() {
  const state = useStore(connectionState)
  return (
    <span role="status" class={styles.connection} data-state={state}>
      {state === 'lost' && 'The daemon does not answer; this is the last picture. Reconnecting…'}
    </span>
  )
}
