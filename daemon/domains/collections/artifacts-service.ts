import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { findProject } from '../cache/index.ts'
import { type ProjectArtifact, selectProjectArtifacts } from './artifacts-repo.ts'
import { doWork } from './do-work.ts'
import { touched } from './touched.ts'
import type { WorkParams } from './work/index.ts'

/** Copies an artifact into a collection. */
export async function addArtifact(
  ctx: DaemonContext,
  { spec, type, name, collection, fromProject, tags, force }: ParsedParamsOf<'collections.add'>,
): Promise<ResultOf<'collections.add'>> {
  const wanted = { spec, type: type ?? null, part: null }
  const found = fromProject === undefined ? wanted : inProject(ctx, fromProject, wanted)
  const { folder, ...added } = await doWork(ctx, 'addArtifact', {
    ...found,
    name: name ?? null,
    collection: collection ?? null,
    tags,
    force,
  })
  await touched(ctx, { paths: [folder] })
  ctx.analytics.note({
    type: 'import',
    name: added.name,
    artifactType: added.type,
    collection: added.collection,
    metadata: { origin: added.origin, version: added.version, sha: added.resolvedSha },
  })
  return added
}

/** Takes an artifact out of a collection. */
export async function removeArtifact(
  ctx: DaemonContext,
  { name, type, collection, keepFiles, dryRun }: ParsedParamsOf<'collections.remove'>,
): Promise<ResultOf<'collections.remove'>> {
  const { folder, ...removed } = await doWork(ctx, 'removeArtifact', {
    name,
    type: type ?? null,
    collection: collection ?? null,
    keepFiles,
    dryRun,
  })
  if (dryRun) return removed
  await touched(ctx, { paths: [folder] })
  ctx.analytics.note({
    type: 'remove',
    name: removed.name,
    artifactType: removed.type,
    collection: removed.collection,
    metadata: { from_project: false },
  })
  return removed
}

/** Writes or removes one file of an artifact of a collection. */
export async function editFile(
  ctx: DaemonContext,
  { type, collection, ...params }: ParsedParamsOf<'collections.edit'>,
): Promise<ResultOf<'collections.edit'>> {
  const { folder, ...edited } = await doWork(ctx, 'editFile', {
    ...params,
    type: type ?? null,
    collection: collection ?? null,
  })
  if (edited.operation !== null) await touched(ctx, { paths: [folder] })
  return edited
}

/** Looks at a source. */
export function verifyArtifact(
  ctx: DaemonContext,
  { spec, type }: ParsedParamsOf<'collections.verify'>,
): Promise<ResultOf<'collections.verify'>> {
  return doWork(ctx, 'verifyArtifact', { spec, type: type ?? null })
}

type Wanted = Pick<WorkParams<'addArtifact'>, 'spec' | 'type' | 'part'>

/** Where an artifact of a project lies. Errors: `project.not_found`, `artifact.not_found`, `artifact.ambiguous`, `collection.not_an_artifact`. */
function inProject({ db }: DaemonContext, project: string, { spec: name, type }: Wanted): Wanted {
  const all = selectProjectArtifacts(db, findProject(db, project).id, name, type)
  // Whoever spells a name out means that one, not all hooks whose names begin so.
  const exact = all.filter((each) => each.name.toLowerCase() === name.toLowerCase())
  const found = exact.length > 0 ? exact : all
  const [artifact, ...others] = found
  if (!artifact) throw new SmdError('artifact.not_found', { name })
  const isHook = found.every((each) => each.type === 'hook')
  if (!isHook && others.length > 0) {
    const candidates = [...new Set(found.map((each) => `${each.type} ${each.path}`))]
    throw new SmdError('artifact.ambiguous', { name, count: found.length, candidates })
  }
  const files = [...new Set(found.map(({ path }) => path))]
  if (files.length > 1) {
    const reason = `hooks of that name are in several files: ${files.join(', ')}`
    throw new SmdError('collection.not_an_artifact', { source: name, type: 'hook', reason })
  }
  return { spec: artifact.path, type: artifact.type, part: partOf(name, found) }
}

/** What of the file is wanted; null for all of it. */
function partOf(name: string, found: readonly ProjectArtifact[]): Wanted['part'] {
  const [artifact] = found
  if (!artifact || artifact.fragment === '') return null
  if (artifact.type === 'mcp') return { type: 'mcp', name: artifact.fragment }
  return { type: 'hook', name, handlers: found.map(({ fragment, hash }) => ({ fragment, hash })) }
}
