/** Where a second artifact goes that is made of a project's version. */
import { lstat } from 'node:fs/promises'
import { posix } from 'node:path'
import { lockKey } from '../library/index.ts'
import { unlessAbsentAt } from '../unreadable.ts'
import type { CollectionPlaces } from './manifests.ts'

export type Fork = {
  name: string /** Below the collection's folder, as the manifest has it. */
  path: string
}

/**
 * The first of `name-fork`, `name-fork-2`, … that neither the manifest nor the disk has, nor anybody just took. Errors:
 * `object.unreadable`.
 */
export async function forkOf(
  { folder, paths }: CollectionPlaces,
  { name, type }: { name: string; type: string },
  taken: ReadonlySet<string>,
): Promise<Fork> {
  const original = (paths.get(lockKey(name, type)) ?? '').replace(/\/+$/, '')
  const { dir, ext } = posix.parse(original)
  // Only what is a file has an extension that is not part of its name.
  const suffix = /^\.(?:md|txt|json|ya?ml)$/.test(ext) ? ext : ''
  const used = new Set([...paths.values()].map((path) => path.replace(/\/+$/, '')))
  for (let n = 1; ; n++) {
    const fork = `${name}-fork${n > 1 ? `-${n}` : ''}`
    const path = posix.join(dir, `${fork}${suffix}`)
    if (paths.has(lockKey(fork, type)) || used.has(path) || taken.has(path)) continue
    const at = posix.join(folder, path)
    if ((await lstat(at).catch(unlessAbsentAt(at))) === null) return { name: fork, path }
  }
}
