import { pathToFileURL } from 'node:url'
import { SmdError } from '../../protocol/errors.ts'
import { defineCommand } from '../command.ts'
import { daemonEntry } from '../entries.ts'
import { describeCounts } from '../format/counts.ts'
import { formatDuration, plural } from '../format/values.ts'
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
  async run({ io, paths, env, cwd }, { foreground }) {
    if (foreground) {
      await import(pathToFileURL(daemonEntry).href)
      return new Promise<never>(() => undefined)
    }
    const { startDaemon } = await import('../lifecycle/start.ts')
    const running = await connectToRunning(paths, cwd).catch((error) => {
      if (error instanceof SmdError && error.slug === 'daemon.unavailable') return null
      throw error
    })
    const started = running ? false : (await startDaemon(paths, env)).started
    const connection = running ?? (await connectToRunning(paths, cwd))
    const bar = io.progress('Reading projects')
    try {
      const status = await connection.call('daemon.status', {})
      if (!io.json)
        io.line(
          `smd ${status.version} ${started ? 'listens' : 'runs already and listens'} on ${status.socket} (pid ${status.pid})`,
        )
      // The first answer of a new cache is worth waiting for: it is what the user wants to see next.
      const timer = setInterval(async () => {
        const { refresh } = await connection.call('cache.status', {}).catch(() => ({ refresh: null }))
        if (refresh) bar.update(refresh.unitsDone, refresh.unitsTotal)
      }, 150)
      const filled = performance.now()
      await connection.call('projects.list', { limit: 1 }).finally(() => clearInterval(timer))
      bar.end()
      const tookMs = performance.now() - filled
      const cache = await connection.call('cache.status', {})
      if (io.json) return io.value({ started, ...(await connection.call('daemon.status', {})) })
      const counts = describeCounts(cache.countsByType)
      const took = cache.misses > 0 && tookMs > 50 ? ` in ${formatDuration(tookMs)}` : ''
      io.line(
        `Found ${plural(cache.artifacts, 'artifact')} of ${plural(cache.projects, 'project')}${took}${counts ? `: ${counts}` : ''}`,
      )
      if (cache.projects === 0) {
        io.line('No project was found on this machine. Tell smd about one: smd projects add PATH')
        io.line('Or look at a small sample: smd demo')
      } else io.line('Look at them: smd list, smd search WORD, smd show NAME')
      for (const { severity, text, fix } of status.health.warnings) io.note(`${severity}: ${text}\n  ${fix}`)
    } finally {
      bar.end()
      connection.close()
    }
  },
})
