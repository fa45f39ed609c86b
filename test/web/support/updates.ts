import type { ArtifactState } from '../../../protocol/artifact-states.ts'
import type { ParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { UpdateRow } from '../../../web/src/components/update-available-dialog/update-row.ts'

/** An artifact as `artifacts.outdated` tells it: a skill with an update. */
export function anUpdate(row: Partial<UpdateRow> & { name: string }): UpdateRow {
  return {
    id: `art_${row.name}`,
    type: 'skill',
    scope: 'project',
    project: { id: 'prj_api', name: 'api', path: '/home/ada/api' },
    path: `/home/ada/api/.claude/skills/${row.name}`,
    source: `github:ada/skills/${row.name}`,
    deployedVersion: '1.0.0',
    upstreamVersion: '1.1.0',
    difference: 'minor version upgrade (0 -> 1)',
    state: 'outdated',
    reason: null,
    checkedAt: 1,
    failure: null,
    ...row,
  }
}

/** What `artifacts.outdated` answers of these. */
export function answerUpdates(
  rows: readonly UpdateRow[],
  { states = ['outdated', 'diverged'], names }: ParamsOf<'artifacts.outdated'>,
): ResultOf<'artifacts.outdated'> {
  const items = rows.filter(
    ({ state, name }) => states.includes(state) && (names === undefined || names.includes(name)),
  )
  const count = (wanted: ArtifactState): number => rows.filter(({ state }) => state === wanted).length
  return {
    items,
    total: items.length,
    nextCursor: null,
    states: {
      current: count('current'),
      outdated: count('outdated'),
      modified: count('modified'),
      diverged: count('diverged'),
      untracked: count('untracked'),
      unknown: count('unknown'),
    },
    unknown: [],
    oldestCheckAt: 1,
  }
}
