import { resolve } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import type { Database } from '../../kernel/db/database.ts'
import { uidOf } from './ids.ts'
import { type ProjectRow, selectProjectsBy } from './projects-repo.ts'

/**
 * The project a user means: by id, by path, or by folder name when only one project has it.
 * Errors: `project.not_found`, `project.ambiguous` (with the paths).
 */
export function findProject(db: Database, ref: string): ProjectRow {
  const uid = uidOf('prj', ref)
  const isPath = ref.includes('/') || ref.includes('\\')
  const found = selectProjectsBy(db, uid ? { uid } : isPath ? { path: resolve(ref) } : { name: ref })
  const [project, ...others] = found
  if (!project) throw new SmdError('project.not_found', { project: ref })
  if (others.length === 0) return project
  const candidates = found.map((row) => row.path)
  throw new SmdError('project.ambiguous', { project: ref, count: found.length, candidates })
}
