import { defineCommand } from '../command.ts'
import { reportStart } from '../lifecycle/report-start.ts'
import { startDaemon } from '../lifecycle/start.ts'
import { liftHold } from '../lifecycle/start-hold.ts'
import { stopDaemon } from '../lifecycle/stop.ts'
import { connectToRunning } from '../session.ts'

export const restartCommand = defineCommand({
  name: 'restart',
  summary: 'End the daemon if it runs, and start it again',
  examples: [['smd restart', 'After an update of smd, or a setting that counts after a restart']],
  args: {
    force: { type: 'boolean', describe: 'As with stop: by signals when it does not answer' },
  },
  async run(ctx, { force = false }) {
    const { io, paths, env, cwd } = ctx
    const stopped = await stopDaemon(paths, { force })
    if (stopped) io.note(`The daemon (pid ${stopped.pid}) ${stopped.killed ? 'was killed' : 'has ended'}.`)
    liftHold(paths)
    const { started } = await startDaemon(paths, env)
    await reportStart(ctx, await connectToRunning(paths, cwd), started)
  },
})
