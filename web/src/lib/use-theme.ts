import { createStore, useStore } from './store.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const KEY = 'smd:theme'
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)')
const theme = createStore<Theme>(read())

function read(): Theme {
  try {
    const kept = localStorage.getItem(KEY)
    return themes.find((name) => name === kept) ?? 'system'
  } catch {
    return 'system'
  }
}

/** Sets the colours of the page; to be called before the first paint, and again by itself when the system changes. */
export function applyTheme(): void {
  const name = theme.get()
  const isDark = name === 'dark' || (name === 'system' && prefersDark.matches)
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
}

prefersDark.addEventListener('change', applyTheme)

/** The chosen theme, and what chooses another one; kept in this browser. */
export function useTheme(): [Theme, (next: Theme) => void] {
  const choose = (next: Theme): void => {
    theme.set(next)
    applyTheme()
    try {
      localStorage.setItem(KEY, next)
    } catch {
      // Without storage it holds for this visit.
    }
  }
  return [useStore(theme), choose]
}
