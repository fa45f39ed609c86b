import { useState } from 'preact/hooks'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { notify } from '../../components/notices/notices.tsx'
import { call } from '../../connection.ts'
import type { CallError } from '../../lib/call-error.ts'
import { queries } from '../../lib/use-query.ts'
import type { Setting } from './setting-text.ts'

export type SettingChange = {
  saving: boolean
  /** Why the last change was refused, as the daemon says it. */
  error: CallError | null
  /** Writes a value as typed. Answers whether it was taken. */
  save(value: string): Promise<boolean>
  /** Takes the setting out of config.toml. */
  reset(): Promise<boolean>
  forgetError(): void
}

/** Changes one setting in config.toml; what the daemon says against it stays with the setting. */
export function useSettingChange({ key, applies }: Pick<Setting, 'key' | 'applies'>): SettingChange {
  const [saving, setSaving] = useState(false)
  const [error, setError] = useState<SettingChange['error']>(null)
  const change = async (send: () => Promise<Setting>): Promise<boolean> => {
    setSaving(true)
    setError(null)
    try {
      const changed = await send()
      // Shown at once: what was typed gives way to it.
      queries.expect<ResultOf<'config.list'>>(settingsKey, (all) => ({
        ...all,
        items: all.items.map((item) => (item.key === changed.key ? changed : item)),
      }))
      notify(
        applies === 'restart'
          ? { tone: 'attention', text: `${key} is saved. It counts from the next start on: smd restart` }
          : { tone: 'ok', text: `${key} is saved` },
      )
      return true
    } catch (failure) {
      setError(failure as CallError)
      return false
    } finally {
      setSaving(false)
      queries.reload(settingsKey)
    }
  }
  return {
    saving,
    error,
    save: (value) => change(() => call('config.set', { key, value })),
    reset: () => change(() => call('config.unset', { key })),
    forgetError: () => setError(null),
  }
}

/** Key of the query that holds all settings. */
export const settingsKey = 'config.list {}'
