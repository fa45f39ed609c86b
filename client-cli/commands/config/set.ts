import { defineCommand } from '../../command.ts'
import { reportChange, setSetting, valueText } from './setting-text.ts'

export const configSetCommand = defineCommand({
  name: 'config set',
  summary: 'Change one setting in config.toml; the rest of the file stays as it is',
  examples: [
    ['smd config set cache.ttl_minutes 60', 'Read projects again after an hour'],
    ['smd config set discovery.roots ~/code,~/work', 'Several values, with commas'],
  ],
  args: {
    key: {
      type: 'string',
      positional: true,
      required: true,
      describe: 'Name of the setting',
      complete: 'setting',
    },
    value: { type: 'string', positional: true, required: true, mayBeEmpty: true, describe: 'Its new value' },
  },
  async run({ call, io }, { key, value }) {
    const setting = await setSetting(call, key, value, 'config set')
    reportChange(io, setting, `is now ${valueText(setting.value) || 'empty'}`)
  },
})
