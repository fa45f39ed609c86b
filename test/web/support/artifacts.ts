import { artifactColumns } from '../../../protocol/domains/artifacts.ts'
import type { ParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { ArtifactRow } from '../../../web/src/pages/artifacts/artifact-rows.ts'

/** An artifact as a row of the list; nothing is wrong with it unless said. */
export function anArtifactRow(row: Partial<ArtifactRow> & { name: string }): ArtifactRow {
  return {
    id: `art_${row.name}`,
    type: 'skill',
    scope: 'project',
    projectId: 'prj_api',
    projectName: 'api',
    source: null,
    deployedVersion: null,
    upstreamVersion: null,
    sizeBytes: 1_000,
    tokens: 250,
    updatedAt: 1,
    host: 'claude-code',
    state: 'untracked',
    problems: 0,
    ...row,
  }
}

export const manyRows = (count: number, prefix = 'a'): ArtifactRow[] =>
  Array.from({ length: count }, (_, index) =>
    anArtifactRow({ name: `${prefix}${`${index}`.padStart(6, '0')}` }),
  )

/** What `artifacts.table` answers for the part that is asked for; `query` keeps names that contain it. */
export function answerTable(
  rows: readonly ArtifactRow[],
  { offset = 0, limit = 100, query, type }: ParamsOf<'artifacts.table'>,
): ResultOf<'artifacts.table'> {
  const found = rows.filter(
    (row) => (!query || row.name.includes(query)) && (type === undefined || row.type === type),
  )
  return {
    columns: [...artifactColumns],
    rows: found
      .slice(offset, offset + limit)
      .map((row) => artifactColumns.map((column) => cellOf(row, column))),
    total: found.length,
    nextCursor: null,
  }
}

function cellOf(row: ArtifactRow, column: (typeof artifactColumns)[number]): string | number | null {
  if (column === 'isOutdated') return row.state === 'outdated' ? 1 : 0
  if (column === 'localModified') return row.state === 'modified' ? 1 : 0
  return row[column]
}

/** What `artifacts.facets` answers, of no more than types and states. */
export function answerFacets(rows: readonly ArtifactRow[]): ResultOf<'artifacts.facets'> {
  const count = <Name extends 'type' | 'state' | 'scope' | 'host'>(name: Name) =>
    [...Map.groupBy(rows, (row) => row[name])].map(([value, all]) => ({ value, count: all.length }))
  return {
    total: rows.length,
    sizeBytes: 0,
    tokens: 0,
    types: count('type'),
    scopes: count('scope'),
    states: count('state'),
    hosts: count('host'),
    problems: rows.filter(({ problems }) => problems > 0).length,
  }
}
