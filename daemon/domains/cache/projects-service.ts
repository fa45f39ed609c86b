import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { ProjectStatus } from '../../../protocol/vocabulary.ts'
import type { DaemonContext } from '../../context.ts'
import { packCursor, unpackCursor } from '../../kernel/db/cursor.ts'
import { RawJson } from '../../kernel/rpc/raw-json.ts'
import type { RequestContext } from '../../kernel/rpc/request.ts'
import { wireDiagnostic } from './artifact-item.ts'
import type { WriteParams, WriteResult } from './engine.ts'
import { type Freshness, freshnessOf, freshSinceOf } from './freshness.ts'
import { projectId } from './ids.ts'
import { findProject } from './project-ref.ts'
import {
  countProjects,
  noCounts,
  type ProjectRow,
  selectProjectCounts,
  selectProjectDiagnostics,
  selectProjects,
  selectProjectsBy,
} from './projects-repo.ts'
import type { Diagnostic } from './scan/types.ts'

type Project = ResultOf<'projects.list'>['items'][number]

/** Projects per part of a long reply; a part takes the daemon's thread for about 1 ms. */
const PART = 200

/** One page of known projects by name, with counts. Errors: `page.bad_cursor`. */
export function listProjects(ctx: DaemonContext, params: ParsedParamsOf<'projects.list'>): RawJson {
  const { limit, cursor, offset, status } = params
  const scope = JSON.stringify(['projects', status])
  const start = unpackCursor(scope, cursor)
  const freshness = freshnessOf(ctx)
  const total = countProjects(ctx.db, status, freshness)
  const texts = function* (): Generator<string> {
    let after: Pick<ProjectRow, 'name' | 'uid'> | null = start && {
      name: String(start[0]),
      uid: Buffer.from(String(start[1]), 'hex'),
    }
    let left = limit
    let skip = offset
    let before = '{"items":['
    for (;;) {
      const size = Math.min(left, PART)
      const rows = selectProjects(ctx.db, { status, freshness, after, offset: skip, limit: size + 1 })
      const shown = rows.length > size ? rows.slice(0, size) : rows
      left -= size
      const last = rows.length > size ? shown.at(-1) : undefined
      const text = before + JSON.stringify(withCounts(ctx, shown, freshness)).slice(1, -1)
      if (left > 0 && last) {
        yield text
        after = last
        skip = 0
        before = ','
        continue
      }
      const nextCursor = last ? packCursor(scope, [last.name, last.uid.toString('hex')]) : null
      return yield `${text}],"total":${total},"nextCursor":${JSON.stringify(nextCursor)}}`
    }
  }
  // What is made at once can still fail with a reason; what takes long is made while it is sent.
  return new RawJson(limit > PART ? texts() : [...texts()])
}

/** One project with what is wrong in it. Errors: `project.not_found`, `project.ambiguous`. */
export function showProject(
  ctx: DaemonContext,
  { project }: ParsedParamsOf<'projects.show'>,
): ResultOf<'projects.show'> {
  const row = findProject(ctx.db, project)
  const diagnostics: Array<Diagnostic & { relPath: string }> = JSON.parse(
    selectProjectDiagnostics(ctx.db, row.id) ?? '[]',
  )
  return {
    ...one(withCounts(ctx, [row])),
    origins: row.origins === '' ? [] : row.origins.split(','),
    diagnostics: diagnostics.map((d) => ({ ...wireDiagnostic(d), path: d.relPath })),
  }
}

/**
 * Adds a folder to the known projects and scans it. The decision is kept in config.toml, so it outlives cache.db.
 * Errors: `project.not_a_folder`, `project.unreadable`; `project.not_found` for what can be no project, such as the
 * home folder; those of writing config.toml.
 */
export async function addProject(
  ctx: DaemonContext,
  params: ParsedParamsOf<'projects.add'>,
): Promise<ResultOf<'projects.add'>> {
  const path = readableFolder(params.path)
  const known = selectProjectsBy(ctx.db, { path }).length > 0
  await ctx.refresher.refresh({ only: path, force: true })
  const project = findProject(ctx.db, path)
  const { include, exclude } = ctx.settings.current.projects
  try {
    if (exclude.includes(path)) await ctx.settings.set('projects.exclude', without(exclude, path))
    if (!include.includes(path)) await ctx.settings.set('projects.include', [...include, path])
  } catch (error) {
    if (!known) await forget(ctx, project)
    throw error
  }
  return { project: one(withCounts(ctx, [project])), added: !known }
}

/**
 * Forgets a project. What discovery would find again is excluded in config.toml. Files of the project stay.
 * Errors: `project.not_found`, `project.ambiguous`; those of writing config.toml.
 */
export async function removeProject(
  ctx: DaemonContext,
  { project }: ParsedParamsOf<'projects.remove'>,
  { record }: Pick<RequestContext, 'record'>,
): Promise<ResultOf<'projects.remove'>> {
  const row = findProject(ctx.db, project)
  const { include, exclude } = ctx.settings.current.projects
  if (include.includes(row.path)) await ctx.settings.set('projects.include', without(include, row.path))
  if (row.origins !== 'added' && !exclude.includes(row.path))
    await ctx.settings.set('projects.exclude', [...exclude, row.path])
  const result = { id: projectId(row.uid), path: row.path }
  const answer = record && { ...record, result }
  return { ...result, ...(await forget(ctx, row, answer)) }
}

async function forget(
  ctx: DaemonContext,
  { id, uid, name, path, status }: ProjectRow,
  answer: WriteParams<'removeProject'>['answer'] = null,
): Promise<WriteResult<'removeProject'>> {
  const removed = await ctx.engine.write('removeProject', { id, now: ctx.now(), answer })
  ctx.events.publish('projects.changed', { id: projectId(uid), name, path, status, change: 'removed' })
  return removed
}

const without = (paths: readonly string[], path: string): string[] => paths.filter((other) => other !== path)

function readableFolder(given: string): string {
  try {
    const path = realpathSync(given)
    if (!statSync(path).isDirectory()) throw new SmdError('project.not_a_folder', { path: given })
    accessSync(path, constants.R_OK | constants.X_OK)
    return path
  } catch (cause) {
    if (cause instanceof SmdError) throw cause
    const { code = '' } = cause as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM')
      throw new SmdError('project.unreadable', { path: given, reason: code }, { cause })
    throw new SmdError('project.not_a_folder', { path: given }, { cause })
  }
}

function withCounts(
  ctx: DaemonContext,
  rows: readonly ProjectRow[],
  freshness: Freshness = freshnessOf(ctx),
): Project[] {
  const counts = selectProjectCounts(
    ctx.db,
    rows.map((row) => row.id),
  )
  return rows.map((row) => {
    const of = counts.get(row.id) ?? noCounts
    return {
      id: projectId(row.uid),
      name: nameOf(row),
      path: row.path,
      status: statusOf(row, freshSinceOf(row, freshness)),
      artifactCount: of.artifacts,
      countsByType: of.byType,
      lastFetchedAt: row.last_fetched,
      errorMessage: row.error_message,
      outdatedCount: of.outdated,
      modifiedCount: of.modified,
      problemCount: of.problems,
      sizeBytes: of.sizeBytes,
      tokens: of.tokens,
      updatedAt: of.updatedAt,
    }
  })
}

/** The root of a file system has a path alone. */
export const nameOf = ({ name, path }: Pick<ProjectRow, 'name' | 'path'>): string =>
  name || basename(path) || path

/** A scan older than the time to live makes an active project stale; the row itself does not know the time. */
function statusOf({ status, last_fetched }: ProjectRow, since: number): ProjectStatus {
  return status === 'active' && (last_fetched ?? 0) < since ? 'stale' : status
}

function one<Item>(items: Item[]): Item {
  const [item] = items
  if (item === undefined) throw new Error('one row was expected')
  return item
}
