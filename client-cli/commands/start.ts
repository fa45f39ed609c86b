import { pathToFileURL } from 'node:url'
import { SmdError } from '../../protocol/errors.ts'
import { defineCommand } from '../command.ts'
import { daemonEntry } from '../entries.ts'
import { connectToRunning } from '../session.ts'

export const startCommand = defineCommand({
  name: 'start',
  summary: 'Start the daemon in the background; returns when it answers',
  examples: [
    ['smd start', 'Once per login; other commands start it too when needed'],
    ['smd start --foreground', 'Under a service manager, or to watch it'],
  ],
  args: {
    foreground: { type: 'boolean', describe: 'Stay in this process until it is stopped' },
  },
  async run(ctx, { foreground }) {
    if (foreground) {
      await import(pathToFileURL(daemonEntry).href)
      return new Promise<never>(() => undefined)
    }
    const { io, paths, env, cwd } = ctx
    const { startDaemon } = await import('../lifecycle/start.ts')
    const { liftHold } = await import('../lifecycle/start-hold.ts')
    const { reportStart } = await import('../lifecycle/report-start.ts')
    const { endIfOutdated } = await import('../lifecycle/replace.ts')
    let running = await connectToRunning(paths, cwd).catch((error) => {
      if (error instanceof SmdError && error.slug === 'daemon.unavailable') return null
      throw error
    })
    if (running) {
      const status = await running.call('daemon.status', {})
      const { kind, ...more } = await endIfOutdated(paths, running, status)
      if ('remark' in more && more.remark !== null) io.note(more.remark)
      if (kind === 'ended') {
        running.close()
        running = null
      }
    }
    liftHold(paths)
    const started = running ? false : (await startDaemon(paths, env)).started
    await reportStart(ctx, running ?? (await connectToRunning(paths, cwd)), started)
  },
})
