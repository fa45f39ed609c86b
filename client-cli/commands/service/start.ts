import { defineCommand } from '../../command.ts'
import { openService } from './open.ts'

export const serviceStartCommand = defineCommand({
  name: 'service start',
  summary: 'Start the daemon by the service manager',
  examples: [['smd service start', 'After smd service stop, without a new login']],
  args: {},
  async run(ctx) {
    const { io } = ctx
    const { service, startService } = await openService(ctx)
    const { active, pid } = await startService(service)
    if (io.json) return io.value({ active, pid })
    io.line(pid === null ? 'The service has started.' : `The daemon runs by the service (pid ${pid}).`)
  },
})
