import { defineCommand } from '../../command.ts'
import { reportChange, valueText } from './setting-text.ts'

export const configUnsetCommand = defineCommand({
  name: 'config unset',
  summary: 'Remove one setting from config.toml, so that its default counts',
  examples: [['smd config unset discovery.roots', 'Look everywhere again']],
  args: {
    key: {
      type: 'string',
      positional: true,
      required: true,
      describe: 'Name of the setting',
      complete: 'setting',
    },
  },
  async run({ call, io }, { key }) {
    const setting = await call('config.unset', { key })
    reportChange(io, setting, `is no longer set; its value is ${valueText(setting.value) || 'empty'}`)
  },
})
