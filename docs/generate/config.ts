import { type SettingSpec, settingKeys, settingSpec } from '../../protocol/settings.ts'
import { code, page, table } from './markdown.ts'

export function configPage(): string {
  return page({
    title: 'Settings',
    description: 'Every setting of config.toml with its default, range, environment variable and effect.',
    source: 'protocol/settings.ts',
    body: [
      '`smd config list` shows the settings in force and where each comes from; `smd config get|set|unset KEY` reads and',
      'changes one and keeps comments and unknown keys of the file. The environment wins over the file, the file over the',
      'default. A name is the dotted path of the TOML key:',
      '',
      '```toml',
      '[cache]',
      'ttl_minutes = 120',
      '',
      '[projects]',
      'include = ["~/src/thing"]',
      '```',
      '',
      'Where `config.toml` lies: see [Files](../operations/files.md).',
      '',
      ...table(
        ['Setting', 'What it does', 'Type', 'Default', 'Environment', 'Applies'],
        settingKeys.map((key) => {
          const spec = settingSpec(key)
          const others = spec.aliases ? ` (also ${spec.aliases.map(code).join(', ')})` : ''
          return [
            code(key) + others,
            spec.describe,
            typeOf(spec),
            code(JSON.stringify(spec.default)),
            spec.env ? code(spec.env) : '-',
            spec.applies,
          ]
        }),
      ),
    ],
  })
}

function typeOf(spec: SettingSpec): string {
  switch (spec.type) {
    case 'integer':
    case 'number':
      return `${spec.type}, ${spec.min} to ${spec.max}`
    case 'enum':
      return spec.choices.map(code).join(', ')
    case 'string':
      return spec.path ? 'path, absolute or from `~/`' : 'text'
    case 'string[]':
      return spec.path ? 'list of paths' : 'list of texts'
    default:
      return spec.type
  }
}
