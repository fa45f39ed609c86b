import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineFolders } from '../../../kernel/config/machine-folders.ts'
import { changedAt, type Leftover, namesIn, sizeOf } from './leftover.ts'

/** Marks a version that another one took the place of (ecosystem spec section 2.6). */
const ORPHANED = '.orphaned_at'

/** What Claude Code keeps of plugins and needs no more; it removes that itself, so it is only told. */
export function pluginLeftovers({ claudePlugins }: Pick<MachineFolders, 'claudePlugins'>): Leftover[] {
  const cache = join(claudePlugins, 'cache')
  return namesIn(cache).flatMap((marketplace) => {
    const folder = join(cache, marketplace)
    if (/^temp_(?:git|subdir)_/.test(marketplace)) return told('unfinished-download', folder, '')
    return namesIn(folder).flatMap((plugin) =>
      namesIn(join(folder, plugin)).flatMap((version) => {
        const path = join(folder, plugin, version)
        if (!existsSync(join(path, ORPHANED))) return []
        return told('orphaned-plugin', path, `${plugin}@${marketplace} ${version}`)
      }),
    )
  })
}

const told = (kind: Leftover['kind'], path: string, detail: string): Leftover => ({
  kind,
  path,
  detail,
  sizeBytes: sizeOf(path),
  changedAt: changedAt(path),
  removable: false,
})
