import { defineCommand } from '../command.ts'
import { projectRef } from './filters.ts'
import { syncArgs, toSyncOptions } from './sync-options.ts'
import { runSync } from './sync-run.ts'

export const syncPushCommand = defineCommand({
  name: 'sync-push',
  summary: 'Bring projects up to what their collections hold, with what was edited in them',
  examples: [
    ['smd sync-push .', 'The project you are in; shows it and asks first'],
    ['smd sync-push --all-projects --artifacts code-review', 'One artifact, wherever it is deployed'],
    ['smd sync-push . --strategy overwrite --dry-run', 'What would be lost if the collection won everywhere'],
  ],
  args: {
    project: {
      type: 'string',
      positional: true,
      many: true,
      describe: 'Path, name or id',
      complete: 'project',
    },
    'all-projects': { type: 'boolean', describe: 'Every project that has something deployed' },
    ...syncArgs,
    'dry-run': { type: 'boolean', describe: 'Only say what would be done' },
    'no-interactive': { type: 'boolean', describe: 'Ask nothing: merge what goes together' },
  },
  run(
    { call, io, cwd },
    {
      project = ['.'],
      'all-projects': all,
      strategy,
      'dry-run': dryRun = false,
      'no-interactive': silent,
      ...args
    },
  ) {
    const projects = all ? {} : { projects: project.map((each) => projectRef(each, cwd)) }
    return runSync(io, {
      strategy,
      dryRun,
      mayAsk: !silent,
      projects: all === true || project.length > 1,
      call: (more) => call('sync.push', { ...projects, ...toSyncOptions(args, undefined), ...more }),
    })
  },
})
