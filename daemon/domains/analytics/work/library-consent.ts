import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineFolders } from '../../../kernel/config/machine-folders.ts'
import { decodeToml, parseToml } from '../../../kernel/config/toml.ts'
import { isTable } from '../../../kernel/config/value.ts'

/**
 * Whether SkillMeat's own settings allow to note anything (formats spec section 2); a file that says nothing, or cannot be
 * read, forbids nothing.
 */
export function libraryAllows({ skillmeat }: Pick<MachineFolders, 'skillmeat'>): boolean {
  const file = join(skillmeat, 'config.toml')
  try {
    const { analytics } = parseToml(decodeToml(readFileSync(file), file).text, file).data
    return !(isTable(analytics) && analytics.enabled === false)
  } catch {
    return true
  }
}
