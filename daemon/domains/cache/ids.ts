import type { UnitRef } from './scan/job.ts'
import type { UnitKind } from './scan/types.ts'

/**
 * Public ids. They are derived from what identifies a row on disk, so that they survive the loss of cache.db:
 * bookmarks, scripts and the page's stored answers keep working. 64 bits: at 100,000 artifacts a clash is a one in
 * three thousand million matter.
 */
const digest = (...parts: string[]): Buffer =>
  process
    .getBuiltinModule('node:crypto')
    .createHash('sha256')
    .update(parts.join('\0'))
    .digest()
    .subarray(0, 8)

export const projectUid = (path: string): Buffer => digest('project', path)

/** `key` is the artifact's key within its unit (`artifactKey`). */
export const artifactUid = (kind: UnitKind, unitPath: string, key: string): Buffer =>
  digest(kind, unitPath, key)

export const projectId = (uid: Buffer): string => `prj_${uid.toString('hex')}`

/** Public id of the project a unit is; null for other kinds. */
export const projectIdOf = ({ unit }: UnitRef): string | null =>
  unit.kind === 'project' ? projectId(projectUid(unit.path)) : null

export const artifactId = (uid: Buffer): string => `art_${uid.toString('hex')}`

/** The bytes of a public id, or null when `id` is none of this kind. */
export function uidOf(prefix: 'prj' | 'art', id: string): Buffer | null {
  const match = /^(prj|art)_([0-9a-f]{16})$/.exec(id)
  return match?.[1] === prefix && match[2] ? Buffer.from(match[2], 'hex') : null
}
