import { useState } from 'preact/hooks'
import { DeployDialog } from '../../components/deploy-dialog/deploy-dialog.tsx'
import { SelectionActions } from '../../components/selection-actions/selection-actions.tsx'
import { Link } from '../../lib/location.tsx'
import type { Chosen } from '../../lib/use-chosen.ts'
import { UpdateDialog } from '../sync/update-dialog.tsx'
import { GroupDialog } from './group-dialog.tsx'
import { RemoveDialog } from './remove-dialog.tsx'
import { deploymentsOf } from './row-parts.tsx'
import { TagsDialog } from './tags-dialog.tsx'
import type { LibraryRow } from './use-library.ts'

type Props = { collection: string; chosen: Chosen<LibraryRow> }

/** What can be done with the chosen artifacts. */
export function LibraryActions({ collection, chosen }: Props) {
  const [open, setOpen] = useState<'deploy' | 'undeploy' | 'update' | 'tags' | 'group' | 'remove' | null>(
    null,
  )
  const { rows, clear } = chosen
  const only = rows.length === 1 ? rows[0] : undefined
  const sourced = rows.filter(({ upstream }) => upstream !== null)
  const canUpdate = sourced.length > 0
  const close = (): void => setOpen(null)
  return (
    <>
      <SelectionActions label="Selected artifacts" count={rows.length} onClear={clear}>
        <button type="button" class="button" data-primary="" onClick={() => setOpen('deploy')}>
          Deploy…
        </button>
        <button type="button" class="button" onClick={() => setOpen('undeploy')}>
          Undeploy…
        </button>
        <button
          type="button"
          class="button"
          disabled={!canUpdate}
          title={canUpdate ? undefined : 'Nothing says where these came from'}
          onClick={() => setOpen('update')}
        >
          Update…
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
        {only && (
          <Link class="button" href={deploymentsOf(collection, only.key)}>
            Deployments
          </Link>
        )}
      </SelectionActions>
      {(open === 'deploy' || open === 'undeploy') && (
        <DeployDialog
          collection={collection}
          artifacts={rows}
          isRemoval={open === 'undeploy'}
          onClose={close}
        />
      )}
      {open === 'update' && <UpdateDialog collection={collection} artifacts={sourced} onClose={close} />}
      {open === 'tags' && <TagsDialog collection={collection} rows={rows} onClose={close} />}
      {open === 'group' && <GroupDialog collection={collection} rows={rows} onClose={close} />}
      {open === 'remove' && (
        <RemoveDialog collection={collection} rows={rows} onDone={clear} onClose={close} />
      )}
    </>
  )
}
