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
    ['smd start --open', 'And show the page'],
    ['smd start --foreground', 'Under a service manager, or to watch it'],
  ],
  args: {
    open: { type: 'boolean', describe: 'Show the page in the browser then' },
    foreground: { type: 'boolean', describe: 'Stay in this process until it is stopped' },
  },
  async run(ctx, { foreground, open }) {
    if (foreground) {
      await import(pathToFileURL(daemonEntry).href)
      return new Promise<never>(() => undefined)
    }
    const { io, paths, env, cwd } = ctx
    const { startDaemon } = await import('../lifecycle/start.ts')
    const { liftHold } = await import('../lifecycle/start-hold.ts')
    const { reportStart } = await import('../lifecycle/report-start.ts')
    const { endIfOutdated } = await import('../lifecycle/replace.ts')
    /** The daemon that runs, unless it is ending: then the next one follows it. */
    const connectAndAsk = async () => {
      const connection = await connectToRunning(paths, cwd)
      try {
        return { connection, status: await connection.call('daemon.status', {}) }
      } catch (error) {
        connection.close()
        throw error
      }
    }
    const found = await connectAndAsk().catch((error) => {
      const isNone =
        error instanceof SmdError && ['daemon.unavailable', 'daemon.stopping'].includes(error.slug)
      if (isNone) return null
      throw error
    })
    let running = found?.connection ?? null
    if (found) {
      const replacement = await endIfOutdated(paths, found.connection, found.status)
      if (replacement.kind === 'kept') {
        if (replacement.remark !== null) io.note(replacement.remark)
      } else {
        found.connection.close()
        running = null
      }
    }
    liftHold(paths)
    const started = running ? false : (await startDaemon(paths, env)).started
    await reportStart(ctx, running ?? (await connectToRunning(paths, cwd)), started)
    if (!open) return
    const { showPage } = await import('../lifecycle/show-page.ts')
    const connection = await connectToRunning(paths, cwd)
    await showPage(ctx, connection.call, {}).finally(connection.close)
  },
})
