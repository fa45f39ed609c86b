import type { ProjectRow } from '../../../web/src/lib/use-project-cache.ts'

/** A project as `projects.list` tells it; nothing is wrong with it unless said. */
export function aProjectRow(row: Partial<ProjectRow> & { name: string }): ProjectRow {
  return {
    id: `prj_${row.name}`,
    path: `/home/ada/${row.name}`,
    status: 'active',
    artifactCount: 0,
    countsByType: {},
    lastFetchedAt: 1,
    errorMessage: null,
    outdatedCount: 0,
    modifiedCount: 0,
    problemCount: 0,
    sizeBytes: 0,
    tokens: 0,
    updatedAt: null,
    ...row,
  }
}
