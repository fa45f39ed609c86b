/** A marketplace with one plugin, installed in a version older than the one offered (ecosystem spec 2.6 and 3). */
import path from 'node:path'
import { below, json, type SampleFiles } from './sample-files.ts'
import { changelog } from './sample-skills.ts'
import { releaseCommand, releaseManagerAgent } from './sample-texts.ts'

const marketplace = 'sample-market'
const plugin = 'release-kit'
const installedVersion = '1.0.0'
const offeredVersion = '1.1.0'
const installedAt = '2026-05-04T09:00:00.000Z'

/** Id under which the user's settings enable the plugin. */
export const pluginId = `${plugin}@${marketplace}`

const manifest = (version: string): string =>
  json({ name: plugin, version, description: 'Changelog, checks and tags for a release', license: 'MIT' })

const content = (version: string): SampleFiles => ({
  '.claude-plugin/plugin.json': manifest(version),
  'agents/release-manager.md': releaseManagerAgent,
  'commands/release.md': releaseCommand,
  ...below('skills/changelog', changelog),
})

/** Everything below `~/.claude/plugins`; `home` is absolute, because the registries hold absolute paths. */
export function pluginFiles(home: string): SampleFiles {
  const clone = `marketplaces/${marketplace}`
  const copy = `cache/${marketplace}/${plugin}/${installedVersion}`
  const inPlugins = (relPath: string): string => path.join(home, '.claude', 'plugins', ...relPath.split('/'))
  return {
    ...below(copy, content(installedVersion)),
    ...below(`${clone}/plugins/${plugin}`, content(offeredVersion)),
    [`${clone}/.claude-plugin/marketplace.json`]: json({
      name: marketplace,
      owner: { name: 'Sample market' },
      description: 'A marketplace of one plugin',
      plugins: [
        { name: plugin, source: `./plugins/${plugin}`, version: offeredVersion, category: 'development' },
      ],
    }),
    'known_marketplaces.json': json({
      [marketplace]: {
        source: { source: 'directory', path: inPlugins(clone) },
        installLocation: inPlugins(clone),
        lastUpdated: '2026-08-01T09:00:00.000Z',
      },
    }),
    'installed_plugins.json': json({
      version: 2,
      plugins: {
        [pluginId]: [
          {
            scope: 'user',
            installPath: inPlugins(copy),
            version: installedVersion,
            installedAt,
            lastUpdated: installedAt,
          },
        ],
      },
    }),
  }
}
