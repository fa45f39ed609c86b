import { defineCommand } from '../../command.ts'
import { reportChange, setSetting, valueText } from '../config/setting-text.ts'
import { cacheSetting } from './cache-setting.ts'

export const cacheConfigSetCommand = defineCommand({
  name: 'cache config set',
  summary: 'Change a setting of the cache',
  examples: [['smd cache config set cache-ttl 360', 'Read projects again after six hours']],
  args: {
    key: {
      type: 'string',
      positional: true,
      required: true,
      describe: 'Name of the setting, such as cache-ttl',
      complete: 'cache-setting',
    },
    value: { type: 'string', positional: true, required: true, describe: 'Its new value' },
  },
  async run({ call, io }, { key, value }) {
    const setting = await setSetting(call, cacheSetting(key), value, 'cache config set')
    reportChange(io, setting, `is now ${valueText(setting.value) || 'empty'}`)
  },
})
