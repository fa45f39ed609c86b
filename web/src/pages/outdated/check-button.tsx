import { Icon } from '../../components/icon/icon.tsx'
import { notify } from '../../components/notices/notices.tsx'
import { call } from '../../connection.ts'
import { formatAge, formatTime, plural } from '../../lib/format.ts'
import { useAction } from '../../lib/use-action.ts'
import { useNow } from '../../lib/use-now.ts'
import { queries } from '../../lib/use-query.ts'

/** Asks all sources what they hold now; `oldestCheckAt` is when the one asked longest ago answered. */
export function CheckButton({ oldestCheckAt }: { oldestCheckAt: number | null | undefined }) {
  const now = useNow()
  const { running, run } = useAction(checkNow)
  return (
    <>
      {oldestCheckAt != null && (
        <span class="muted" title={`The source asked longest ago answered ${formatTime(oldestCheckAt)}`}>
          Checked {formatAge(oldestCheckAt, now)}
        </span>
      )}
      <button type="button" class="button" disabled={running} aria-busy={running} onClick={() => run()}>
        <Icon name="refresh" />
        {running ? 'Checking…' : 'Check now'}
      </button>
    </>
  )
}

async function checkNow(): Promise<void> {
  const done = notify({ text: 'Asking the sources…', busy: true })
  try {
    const { result } = await call('upstream.check', { force: true })
    if (!result) return
    const { sources, asked, artifactsChanged, outdated, offline, failed } = result
    if (sources === 0) notify({ text: 'No artifact has a source that can be asked.' })
    else if (offline > 0 && asked === offline)
      notify({ tone: 'attention', text: 'There is no network; what is known keeps its age.' })
    else
      notify({
        tone: failed.length > 0 ? 'attention' : 'ok',
        text: `${plural(asked, 'source')} asked. ${plural(artifactsChanged, 'artifact')} changed; ${plural(outdated, 'update')} available.${
          failed.length > 0 ? ` ${plural(failed.length, 'source')} did not answer.` : ''
        }`,
      })
  } finally {
    done()
    queries.invalidate((key) => key.startsWith('artifacts.outdated') || key.startsWith('upstream.'))
  }
}
