import { type Theme, themes, useTheme } from '../../lib/use-theme.ts'
import { Icon, type IconName } from '../icon/icon.tsx'

const icons: Record<Theme, IconName> = { system: 'system', light: 'sun', dark: 'moon' }
const names: Record<Theme, string> = { system: 'as the system', light: 'light', dark: 'dark' }

/** Goes from one choice of colours to the next. */
export function ThemeButton() {
  const [theme, choose] = useTheme()
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system'
  const label = `Colours: ${names[theme]}. Change to ${names[next]}`
  return (
    <button type="button" class="button" aria-label={label} title={label} onClick={() => choose(next)}>
      <Icon name={icons[theme]} />
    </button>
  )
}
