import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import type { Database } from '../../kernel/db/database.ts'
import { uidOf } from './ids.ts'
import { type ProjectRow, selectProjectsBy } from './projects-repo.ts'

/**
 * The project a user means: by id, by path (also one through links), or by folder name when only one project has it.
 * Errors: `project.not_found`, `project.ambiguous` (with the paths).
 */
export function findProject(db: Database, ref: string): ProjectRow {
  const found = lookUp(db, ref)
  const [project, ...others] = found
  if (!project) throw new SmdError('project.not_found', { project: ref })
  if (others.length === 0) return project
  const candidates = found.map((row) => row.path)
  throw new SmdError('project.ambiguous', { project: ref, count: found.length, candidates })
}

function lookUp(db: Database, ref: string): ProjectRow[] {
  const uid = uidOf('prj', ref)
  if (uid) return selectProjectsBy(db, { uid })
  if (ref.includes('/') || ref.includes('\\')) {
    const asGiven = selectProjectsBy(db, { path: resolve(ref) })
    return asGiven.length > 0 ? asGiven : selectProjectsBy(db, { path: realPath(ref) })
  }
  const found = selectProjectsBy(db, { name: ref })
  const exact = found.filter((project) => project.name === ref)
  return exact.length > 0 ? exact : found
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    // It may be gone, or never have been there: then no project has it either.
    return path
  }
}
