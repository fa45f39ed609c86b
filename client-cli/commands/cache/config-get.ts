import { defineCommand } from '../../command.ts'
import { valueText } from '../config/setting-text.ts'
import { cacheSetting } from './cache-setting.ts'

export const cacheConfigGetCommand = defineCommand({
  name: 'cache config get',
  summary: 'Print the value of a setting of the cache',
  examples: [['smd cache config get cache-ttl', 'Minutes after which a project is read again']],
  args: {
    key: {
      type: 'string',
      positional: true,
      required: true,
      describe: 'Name of the setting, such as cache-ttl',
      complete: 'cache-setting',
    },
  },
  async run({ call, io }, { key }) {
    const setting = await call('config.get', { key: cacheSetting(key) })
    if (io.json) return io.value(setting)
    io.line(valueText(setting.value))
  },
})
