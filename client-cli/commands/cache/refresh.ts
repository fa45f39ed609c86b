import { defineCommand } from '../../command.ts'
import { projectRef } from '../filters.ts'
import { refreshAndReport } from '../refresh-report.ts'

export const cacheRefreshCommand = defineCommand({
  name: 'cache refresh',
  summary: 'Read again what is older than the time to live, in all projects or one',
  examples: [
    ['smd cache refresh', 'All projects that are stale'],
    ['smd cache refresh webshop --force', 'One project, stale or not'],
  ],
  args: {
    project: {
      type: 'string',
      positional: true,
      describe: 'Only this one: path, name or id',
      complete: 'project',
    },
    force: { type: 'boolean', alias: 'f', describe: 'Also what is still fresh' },
  },
  async run(ctx, { project, force = false }) {
    const which = project === undefined ? {} : { project: projectRef(project, ctx.cwd) }
    return refreshAndReport(ctx, { ...which, force })
  },
})
