import { defineCommand } from '../../command.ts'
import { valueText } from './setting-text.ts'

export const configGetCommand = defineCommand({
  name: 'config get',
  summary: 'Print the value of one setting',
  examples: [['smd config get cache.ttl_minutes', 'Only the value, for a script']],
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
    const setting = await call('config.get', { key })
    if (io.json) return io.value(setting)
    io.line(valueText(setting.value))
  },
})
