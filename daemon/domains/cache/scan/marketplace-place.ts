import { join } from 'node:path'
import type { MachineFolders } from '../../../kernel/config/machine-folders.ts'
import type { UpstreamSource } from '../../upstream/index.ts'
import { readJson, readMarketplaces } from './marketplaces.ts'

/** Where to ask what a marketplace offers that Claude Code knows by this name; null when there is no such place. */
export function marketplacePlace(folders: MachineFolders, name: string): UpstreamSource | null {
  const settings = readJson(join(folders.claudeConfig, 'settings.json'), [])
  const place = readMarketplaces(folders, settings, []).get(name)?.place
  return place === undefined || typeof place === 'string' ? null : place
}
