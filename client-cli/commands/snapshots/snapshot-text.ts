import { SmdError } from '../../../protocol/errors.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import type { CommandContext } from '../../command.ts'
import { formatAge, plural } from '../../format/values.ts'
import { fetchPages } from '../../pages.ts'

export type Snapshot = ResultOf<'snapshots.list'>['items'][number]

export const collectionArg = {
  type: 'string',
  alias: 'c',
  describe: 'Name of the collection (default: the active one)',
} as const

export const idArg = {
  type: 'string',
  positional: true,
  required: true,
  describe: 'Id of the snapshot, or its beginning',
} as const

/** Parameters without what was not given. */
export const inCollection = (collection: string | undefined): { collection?: string } =>
  collection === undefined ? {} : { collection }

/** The table of `smd snapshots` and `smd history --collection`. */
export async function showSnapshots(
  { call, io }: CommandContext,
  collection: string | undefined,
  limit: number,
): Promise<void> {
  const {
    items,
    total,
    collection: name,
  } = await fetchPages<Snapshot, ResultOf<'snapshots.list'>>(
    ({ limit: wanted, ...page }) =>
      call('snapshots.list', { ...inCollection(collection), ...page, limit: Math.min(wanted, 100) }),
    limit,
  )
  if (io.json) return io.value({ collection: name, items, total })
  if (items.length === 0) return io.note(`No snapshots of ${name} yet. Take one with: smd snapshot`)
  const now = Date.now()
  await io.table<Snapshot>(items, [
    { title: 'ID', text: ({ id }) => id, style: () => 'bold' },
    { title: 'TAKEN', text: ({ takenAt }) => formatAge(takenAt, now) },
    { title: 'HOLDS', text: holds },
    { title: 'MESSAGE', text: ({ message }) => message || '-', shrink: 30 },
  ])
  if (items.length < total) io.note(`${items.length} of ${plural(total, 'snapshot')} shown.`)
}

export const holds = ({ artifactCount, whole }: Snapshot): string =>
  whole ? plural(artifactCount, 'artifact') : `${plural(artifactCount, 'artifact')}, about to change`

/** The whole id; a beginning of it will do where it is the only one. */
export async function wholeId(
  { call }: Pick<CommandContext, 'call'>,
  collection: string | undefined,
  id: string,
): Promise<string> {
  if (/^\d{8}-\d{6}-\d{6}$/.test(id)) return id
  const { items } = await call('snapshots.list', { ...inCollection(collection), limit: 100 })
  const found = items.filter((snapshot) => snapshot.id.startsWith(id))
  if (found.length === 1 && found[0]) return found[0].id
  const name = collection ?? (await call('snapshots.list', { limit: 1 })).collection
  if (found.length === 0) throw new SmdError('snapshot.not_found', { id, collection: name })
  throw new SmdError('cli.usage', {
    reason: `"${id}" is the beginning of ${found.length} snapshots.`,
    usage: `smd snapshots -c ${name}`,
  })
}
