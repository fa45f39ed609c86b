import { defineCommand } from '../command.ts'
import { stopDaemon } from '../lifecycle/stop.ts'

export const stopCommand = defineCommand({
  name: 'stop',
  summary: 'End the daemon; returns when it is gone',
  examples: [
    ['smd stop', 'Before an update, or to free its memory'],
    ['smd stop --force', 'When it does not answer any more'],
  ],
  args: {
    force: {
      type: 'boolean',
      describe: 'End it by signals when it does not answer, once it is certain which process it is',
    },
  },
  async run({ io, paths }, { force = false }) {
    const stopped = await stopDaemon(paths, { force })
    if (io.json) return io.value({ stopped: stopped !== null, ...stopped })
    if (!stopped) io.note('The daemon is not running.')
    else io.line(`The daemon (pid ${stopped.pid}) ${stopped.killed ? 'was killed' : 'has ended'}.`)
  },
})
