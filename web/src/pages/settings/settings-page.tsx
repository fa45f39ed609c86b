import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { OldMark } from '../../components/freshness/old-mark.tsx'
import { Page } from '../../components/page/page.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { SearchField } from '../../components/search-field/search-field.tsx'
import { Toolbar } from '../../components/toolbar/toolbar.tsx'
import { formatCount, plural } from '../../lib/format.ts'
import { useQuery } from '../../lib/use-query.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import { useWhileVisible } from '../../lib/use-while-visible.ts'
import { SettingRow } from './setting-row.tsx'
import { groupSettings, isAbout } from './setting-text.ts'
import styles from './settings-page.module.css'

/** No event tells of settings, which are changed in the file and in terminals, too: they are asked for this often. */
const LOOK_MS = 4_000

/** config.toml: every setting with its value, who decides it, and its field. */
export function SettingsPage() {
  const { data, error, isOld, loadedAt, reload } = useQuery('config.list', {}, { freshMs: 0 })
  const [shown, show] = useUrlState({ q: '', show: '' })
  useWhileVisible(LOOK_MS, reload)
  const items = data?.items ?? []
  const changed = items.filter(({ origin }) => origin !== 'default')
  const chosen = (shown.show === 'changed' ? changed : items).filter((item) => isAbout(item, shown.q))
  return (
    <Page title="Settings" beside={data && <OldMark isOld={isOld} at={loadedAt} />}>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {!data && !error && <TableSkeleton label="Reading the settings…" />}
      {data && (
        <>
          <Toolbar
            summary={
              chosen.length === items.length
                ? plural(items.length, 'setting')
                : `${formatCount(chosen.length)} of ${plural(items.length, 'setting')}`
            }
          >
            <SearchField label="Filter settings" value={shown.q} onInput={(q) => show({ q })} />
            <button
              type="button"
              class="button"
              aria-pressed={shown.show === 'changed'}
              onClick={() => show({ show: shown.show === 'changed' ? '' : 'changed' })}
            >
              Changed <span class="muted">{formatCount(changed.length)}</span>
            </button>
          </Toolbar>
          <p class={styles.file}>
            Kept in <code>{data.file}</code>; everything else in that file stays as it is.
          </p>
          {data.warnings.map((warning) => (
            <p key={warning} class={styles.warning}>
              {warning}
            </p>
          ))}
          {chosen.length === 0 && <p>No setting is like that.</p>}
          {groupSettings(chosen).map(({ name, settings }) => (
            <section key={name} aria-label={name}>
              <h2>{name}</h2>
              {settings.map((setting) => (
                <SettingRow key={setting.key} setting={setting} file={data.file} />
              ))}
            </section>
          ))}
        </>
      )}
    </Page>
  )
}
