import { defineCommand } from '../command.ts'
import { stopDaemon } from '../lifecycle/stop.ts'

export const stopCommand = defineCommand({
  name: 'stop',
  summary: 'End the daemon; returns when it is gone',
  examples: [['smd stop', 'Before an update, or to free its memory']],
  args: {},
  async run({ io, paths }) {
    const stopped = await stopDaemon(paths)
    if (io.json) return io.value({ stopped: stopped !== null, ...stopped })
    if (stopped) io.line(`The daemon (pid ${stopped.pid}) has ended.`)
    else io.note('The daemon is not running.')
  },
})
