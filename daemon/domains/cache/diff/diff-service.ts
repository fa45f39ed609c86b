import { stateReasons } from '../../../../protocol/artifact-states.ts'
import { SmdError } from '../../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../../protocol/methods.ts'
import type { DaemonContext } from '../../../context.ts'
import { pathOf } from '../artifact-item.ts'
import { partOf } from '../files/files-service.ts'
import { uidOf } from '../ids.ts'
import { type DiffRow, selectDiffRow, selectInCollection, selectPluginOf } from './diff-repo.ts'
import type { DiskPlace } from './disk-side.ts'
import type { DiffRequest } from './run-diff.ts'

type Right = { place: DiffRequest['right'] } & ResultOf<'artifacts.diff'>['right']

/**
 * What differs between an artifact, as it lies on the disk now, and its source, as of the last check, or another
 * artifact. Files are read, and sources asked, in another process; what was fetched once needs no network again.
 *
 * Shape:  left is the artifact; hunks lead from left to right, byte for byte.
 * Errors: `artifact.not_found`; `artifact.unreadable`; `artifact.no_upstream_files` with the reason.
 */
export async function diffArtifact(
  ctx: DaemonContext,
  { id, against, context, ignore }: ParsedParamsOf<'artifacts.diff'>,
  signal: AbortSignal,
): Promise<ResultOf<'artifacts.diff'>> {
  const row = rowOf(ctx, id)
  const other = against === undefined ? null : rowOf(ctx, against)
  ctx.memo.refresh()
  const { place, label, version } = other ? diskRight(ctx, other) : sourceOf(ctx, row)
  const { net, scan } = ctx.settings.current
  const compared = await ctx.engine.diff(
    {
      name: row.name,
      left: diskPlace(ctx, row),
      right: place,
      context,
      ignore,
      limits: {
        maxArtifactBytes: scan.max_artifact_mb * 1_000_000,
        maxArtifactFiles: scan.max_artifact_files,
      },
      net: { offline: net.offline, timeoutMs: net.timeout_seconds * 1_000 },
    },
    signal,
  )
  return {
    left: { label: pathOf(row, ctx.memo), version: row.deployed_version },
    right: { label, version },
    ...compared,
  }
}

function rowOf({ db }: DaemonContext, id: string): DiffRow {
  const uid = uidOf('art', id)
  const row = uid && selectDiffRow(db, uid)
  if (!row) throw new SmdError('artifact.not_found', { name: id })
  return row
}

const diskPlace = ({ memo }: DaemonContext, row: DiffRow): DiskPlace => ({
  kind: 'disk',
  path: pathOf(row, memo),
  part: partOf(row),
})

const diskRight = (ctx: DaemonContext, row: DiffRow): Right => ({
  place: diskPlace(ctx, row),
  label: pathOf(row, ctx.memo),
  version: row.deployed_version,
})

/** Where its source has it. Errors: `artifact.no_upstream_files`. */
function sourceOf(ctx: DaemonContext, row: DiffRow): Right {
  const none = (sentence: string): SmdError => noUpstreamFiles(row.name, sentence)
  if (row.fragment !== '') throw none('It is a part of a file, which has no source of its own.')
  // What a plugin brings along came with the plugin.
  const isPart = row.state === null && row.scope === 'plugin' && row.type !== 'plugin'
  const origin = isPart ? selectPluginOf(ctx.db, row.unit_id) : row
  if (!origin) throw none(stateReasons.part_of_plugin)
  if (origin.unasked === 'collection') return inCollection(ctx, row, origin)
  const { kind, key, spec, checked_at: checkedAt, origin_path: path, digest } = origin
  if (kind === null || spec === null) {
    const reason = origin.unasked as keyof typeof stateReasons | null
    throw none(stateReasons[reason ?? 'no_source'])
  }
  if (kind === 'npm') throw none('Nothing of its package lies on this disk to be compared.')
  if (path === null) throw none(stateReasons.path_unknown)
  if (checkedAt === null || origin.item_path === null)
    throw none(origin.error === null ? stateReasons.never_checked : stateReasons.check_failed)
  if (digest === null && (kind !== 'marketplace' || origin.item_version === null))
    throw none(stateReasons.removed_upstream)
  const version = origin.item_version ?? origin.source_version
  return {
    place: {
      kind: 'source',
      source: JSON.parse(spec),
      path,
      digest,
      revision: origin.revision,
      inside: isPart ? row.rel_path : null,
    },
    label: row.source ?? origin.source ?? [key, path].filter(Boolean).join('/'),
    version: version ?? (origin.revision ?? digest)?.slice(0, 7) ?? null,
  }
}

function inCollection(ctx: DaemonContext, row: DiffRow, { origin_path: key }: DiffRow): Right {
  const found = key === null ? undefined : selectInCollection(ctx.db, key)
  if (!found) throw noUpstreamFiles(row.name, stateReasons.removed_upstream)
  return diskRight(ctx, found)
}

/** Why there is nothing of an artifact's source to compare it with; `sentence` becomes the end of another one. */
function noUpstreamFiles(name: string, sentence: string): SmdError {
  const reason = sentence.replace(/\.$/, '').replace(/^(?:Its?|Nothing)\b/, (word) => word.toLowerCase())
  return new SmdError('artifact.no_upstream_files', { name, reason })
}
