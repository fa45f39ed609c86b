import { useId } from 'preact/hooks'
import { Badge } from '../../components/badge/badge.tsx'
import type { CallError } from '../../lib/call-error.ts'
import { formatCount } from '../../lib/format.ts'
import { SettingEditor } from './setting-editor.tsx'
import { describeValue, type Setting } from './setting-text.ts'
import styles from './settings-page.module.css'
import { useSettingChange } from './use-setting.ts'

/** One setting: what it does, its value, who decides it, and a way back to the default. */
export function SettingRow({ setting, file }: { setting: Setting; file: string }) {
  const id = useId()
  const change = useSettingChange(setting)
  const { key, describe, origin, line, variable, applies, type } = setting
  const { error } = change
  return (
    <div class={styles.setting} data-origin={origin}>
      <div>
        <h3 id={`${id}-name`} class={styles.name}>
          <code>{key}</code>
          {applies === 'restart' && (
            <Badge tone="info" title="A change counts when the daemon starts the next time: smd restart">
              Needs a restart
            </Badge>
          )}
          {origin === 'file' && (
            <Badge tone="changed" title={`${file}${line === null ? '' : `, line ${line}`}`}>
              Changed
            </Badge>
          )}
          {origin === 'environment' && (
            <Badge tone="attention" title="The environment of the daemon comes before its file.">
              Locked
            </Badge>
          )}
        </h3>
        <p class={styles.about} id={`${id}-about`}>
          {describe} <span class="muted">{rangeOf(setting)}</span>
        </p>
      </div>
      <div class={styles.value}>
        <SettingEditor
          setting={setting}
          change={change}
          labelId={`${id}-name`}
          describedBy={`${id}-about ${id}-origin ${id}-error`}
        />
        <p class={styles.origin} id={`${id}-origin`}>
          {origin === 'environment' && (
            <>
              Decided by the environment variable <code>{variable}</code>; unset it to change it here.{' '}
            </>
          )}
          {type === 'table' && (
            <>
              To be changed in <code>{file}</code> itself.{' '}
            </>
          )}
          {origin === 'file' && <>From {line === null ? 'config.toml' : `line ${line} of config.toml`}. </>}
          {origin !== 'default' && `Default: ${describeValue(setting.default)}.`}
          {origin === 'default' && 'Default.'}
          {origin === 'file' && type !== 'table' && (
            <button
              type="button"
              class={styles.reset}
              disabled={change.saving}
              aria-label={`Reset ${key}`}
              onClick={() => void change.reset()}
            >
              Reset
            </button>
          )}
        </p>
        {/* It stands from the beginning: what is put into a region that is new is not read. */}
        <p role="alert" class={styles.error} id={`${id}-error`}>
          {error && sentenceOf(error)}
        </p>
      </div>
    </div>
  )
}

/** What the daemon says against a value; its hint about a line of the file is for those who edit the file. */
const sentenceOf = ({ slug, message, hint }: CallError): string =>
  slug === 'config.invalid' ? message.replace(/^request:value: /, '') : `${message} ${hint}`

/** Which numbers are allowed. */
function rangeOf({ min, max }: Setting): string {
  return min === null || max === null ? '' : `${formatCount(min)} to ${formatCount(max)}.`
}
