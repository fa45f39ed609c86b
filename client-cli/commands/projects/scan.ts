import { defineCommand } from '../../command.ts'
import { projectRef } from '../filters.ts'
import { refreshAndReport } from '../refresh-report.ts'

export const projectsScanCommand = defineCommand({
  name: 'projects scan',
  summary: 'Look for projects again and read what changed in them',
  examples: [
    ['smd projects scan', 'After cloning something'],
    ['smd projects scan .', 'Only the project you are in'],
  ],
  args: {
    project: {
      type: 'string',
      positional: true,
      describe: 'Only this one: path, name or id',
      complete: 'project',
    },
  },
  async run(ctx, { project }) {
    const which = project === undefined ? {} : { project: projectRef(project, ctx.cwd) }
    return refreshAndReport(ctx, { ...which, force: true })
  },
})
