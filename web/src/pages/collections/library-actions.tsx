import { useState } from 'preact/hooks'
import { DeployDialog } from '../../components/deploy-dialog/deploy-dialog.tsx'
import { formatCount } from '../../lib/format.ts'
import type { Chosen } from '../../lib/use-chosen.ts'
import styles from './collections-page.module.css'
import { GroupDialog } from './group-dialog.tsx'
import { RemoveDialog } from './remove-dialog.tsx'
import { TagsDialog } from './tags-dialog.tsx'
import type { LibraryRow } from './use-library.ts'

type Props = { collection: string; chosen: Chosen<LibraryRow> }

/** What can be done with the chosen artifacts. It stands below them, so that nothing moves when it comes. */
export function LibraryActions({ collection, chosen }: Props) {
  const [open, setOpen] = useState<'deploy' | 'undeploy' | 'tags' | 'group' | 'remove' | null>(null)
  const { rows, clear } = chosen
  const close = (): void => setOpen(null)
  return (
    <div class={styles.actions} role="group" aria-label="Selected artifacts">
      <span role="status">{rows.length === 0 ? '' : `${formatCount(rows.length)} selected`}</span>
      {rows.length > 0 && (
        <>
          <button type="button" class="button" data-primary="" onClick={() => setOpen('deploy')}>
            Deploy…
          </button>
          <button type="button" class="button" onClick={() => setOpen('undeploy')}>
            Undeploy…
          </button>
          <button type="button" class="button" onClick={() => setOpen('tags')}>
            Tags…
          </button>
          <button type="button" class="button" onClick={() => setOpen('group')}>
            Group…
          </button>
          <button type="button" class="button" onClick={() => setOpen('remove')}>
            Remove…
          </button>
          <button type="button" class="button" onClick={clear}>
            Clear
          </button>
        </>
      )}
      {(open === 'deploy' || open === 'undeploy') && (
        <DeployDialog
          collection={collection}
          artifacts={rows}
          isRemoval={open === 'undeploy'}
          onClose={close}
        />
      )}
      {open === 'tags' && <TagsDialog collection={collection} rows={rows} onClose={close} />}
      {open === 'group' && <GroupDialog collection={collection} rows={rows} onClose={close} />}
      {open === 'remove' && (
        <RemoveDialog collection={collection} rows={rows} onDone={clear} onClose={close} />
      )}
    </div>
  )
}
