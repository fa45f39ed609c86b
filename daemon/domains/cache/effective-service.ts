import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import { artifactTypes } from '../../../protocol/vocabulary.ts'
import type { DaemonContext } from '../../context.ts'
import { RawJson } from '../../kernel/rpc/raw-json.ts'
import { hidden as redacted } from '../../kernel/secrets/redact.ts'
import { pathOf } from './artifact-item.ts'
import { PART } from './artifact-pages.ts'
import { byHostEffect, hiddenOnes } from './effect.ts'
import { type EffectiveRow, selectEffective } from './effective-repo.ts'
import { findProject } from './project-ref.ts'

type Item = ResultOf<'projects.effective'>['items'][number]

/**
 * What is in effect in a project, and what is hidden there. Collections are not: they are where copies come from.
 * Errors: `project.not_found`, `project.ambiguous`.
 */
export function effectiveInProject(
  ctx: DaemonContext,
  { project, type }: ParsedParamsOf<'projects.effective'>,
): RawJson {
  const { id: projectId, path: projectPath } = findProject(ctx.db, project)
  ctx.memo.refresh()
  const rows = ofUsedPlugins(selectEffective(ctx.db, projectId), projectPath).map((row) => ({
    ...row,
    path: pathOf(row, ctx.memo),
    nested: row.nested === 1,
    endpoint: endpointOf(row),
  }))
  const hidden = hiddenOnes(rows)
  const uids = new Map(rows.map(({ id, uid }) => [id, uid]))
  const shown = type === undefined ? rows : rows.filter((row) => row.type === type)
  const key = new Map(shown.map((row) => [row.id, row.name.toLowerCase()]))
  shown.sort(
    (a, b) =>
      artifactTypes.indexOf(a.type) - artifactTypes.indexOf(b.type) ||
      compare(key.get(a.id) ?? '', key.get(b.id) ?? '') ||
      compare(a.name, b.name) ||
      byHostEffect(a, b),
  )
  const toItem = (row: (typeof rows)[number]): Item => {
    const winner = hidden.get(row.id)
    return {
      id: `art_${row.uid}`,
      name: row.name,
      type: row.type,
      scope: row.scope,
      host: row.host,
      path: row.path,
      description: row.description,
      deployedVersion: row.deployed_version,
      state: row.state,
      problems: row.problems,
      tokens: row.tokens,
      updatedAt: row.modified_at,
      hiddenBy: winner === undefined ? null : `art_${uids.get(winner)}`,
    }
  }
  const texts = function* (): Generator<string> {
    for (let at = 0; at < shown.length; at += PART) {
      const part = JSON.stringify(shown.slice(at, at + PART).map(toItem)).slice(1, -1)
      yield `${at === 0 ? '{"items":[' : ','}${part}`
    }
    yield shown.length === 0 ? '{"items":[]}' : ']}'
  }
  return new RawJson(texts())
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Without what comes with plugins that are switched off, or installed for other projects. */
function ofUsedPlugins(rows: readonly EffectiveRow[], projectPath: string): EffectiveRow[] {
  const unused = new Set<number>()
  for (const { type, scope, unit_id, metadata } of rows) {
    if (type !== 'plugin' || scope !== 'plugin') continue
    const { enabled, projects } = JSON.parse(metadata ?? '{}') as { enabled?: boolean; projects?: string[] }
    if (enabled === false || (projects && !projects.includes(projectPath))) unused.add(unit_id)
  }
  return rows.filter(({ unit_id, scope }) => scope !== 'plugin' || !unused.has(unit_id))
}

/**
 * What a server is reached by: its address, or its whole entry, since the cache knows no arguments. An address with
 * something left out says nothing.
 */
function endpointOf({ type, metadata, hash }: EffectiveRow): string | null {
  if (type !== 'mcp') return null
  const { url } = JSON.parse(metadata ?? '{}') as Record<string, unknown>
  if (typeof url === 'string' && !url.includes(redacted)) return `url ${url}`
  return hash === null ? null : `entry ${hash}`
}
