import { defineCommand } from '../../command.ts'
import { openService } from './open.ts'

export const serviceStopCommand = defineCommand({
  name: 'service stop',
  summary: 'End the daemon and what waits for clients, until the next login',
  examples: [['smd service stop', 'Unlike smd stop, after which the next command wakes the daemon']],
  args: {},
  async run(ctx) {
    const { io } = ctx
    const { service, stopService } = await openService(ctx)
    const { active: was, pid } = await stopService(service)
    if (io.json) return io.value({ was, pid })
    if (was === 'stopped') io.note('The service was stopped already.')
    else
      io.line(
        pid === null
          ? 'The service has stopped.'
          : `The daemon (pid ${pid}) has ended, and the service has stopped.`,
      )
  },
})
