/** What follows from changes of files: the wiring of what notices them to what reads them. */
import { sep } from 'node:path'
import type { DaemonContext } from './context.ts'
import { Watches } from './domains/cache/watches.ts'
import { warnOfUnknownKeys } from './open-settings.ts'

/** Watches whatever a refresh finds, from the next refresh on. */
export function watchFiles(ctx: DaemonContext): Watches {
  const { paths, refresher } = ctx
  const concernsSettings = (path: string): boolean =>
    path === paths.configFile || paths.configFile.startsWith(`${path}${sep}`)
  const followSettings = createSettingsFollower(ctx)
  const watches = new Watches(ctx, {
    onChanged: (unitIds) => void refresher.changed(unitIds),
    async onEnvironment(files) {
      // smd's own settings say nothing of what the agents know.
      if (files.some((path) => path !== paths.configFile))
        refresher.inBackground({ only: null, force: false, walk: false })
      if (files.some(concernsSettings)) await followSettings()
    },
    onProject: (path) => refresher.inBackground({ only: path, force: true, cwd: path }),
  })
  refresher.watch = watches
  ctx.watches = watches
  return watches
}

/** For when config.toml may have changed: what it says is in force at once, and what it says of projects is followed. */
function createSettingsFollower(ctx: DaemonContext): () => Promise<void> {
  const { health, log, paths, refresher, settings } = ctx
  const aboutProjects = (): string => {
    const { agents, discovery, projects, scan } = settings.current
    return JSON.stringify([agents, discovery, projects, scan])
  }
  // Not of the moment before: a command may have read the file already.
  let followed = aboutProjects()
  return async () => {
    // What reads TOML is loaded when it is first needed, so not after the files were replaced.
    if (ctx.packageChanged()) return
    try {
      await settings.reload()
    } catch (error) {
      log.error('config.toml has mistakes', { error: String(error) })
      health.warn('config.invalid', { problems: (error as Error).message, file: paths.configFile })
      return
    }
    health.clear('config.invalid')
    warnOfUnknownKeys(settings, paths.configFile, health)
    const next = aboutProjects()
    if (next === followed) return
    followed = next
    refresher.inBackground({ only: null, force: false, anew: true })
  }
}
