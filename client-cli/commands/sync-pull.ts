import { defineCommand } from '../command.ts'
import { projectRef } from './filters.ts'
import { syncArgs, toSyncOptions } from './sync-options.ts'
import { runSync } from './sync-run.ts'

export const syncPullCommand = defineCommand({
  name: 'sync-pull',
  summary: 'Take what was edited in a project into its collections',
  examples: [
    ['smd sync-pull .', 'Everything that was edited here; shows it and asks first'],
    ['smd sync-pull . --artifacts code-review --strategy overwrite', 'What is here wins'],
    ['smd sync-pull . --no-interactive --json', 'For a script: exit code 2 when only a part could be done'],
    ['smd sync-pull . --take notes.md=theirs', 'Of a file that both changed, the version of the project'],
  ],
  args: {
    project: {
      type: 'string',
      positional: true,
      required: true,
      describe: 'Path, name or id',
      complete: 'project',
    },
    ...syncArgs,
    'dry-run': { type: 'boolean', describe: 'Only say what would be done' },
    'no-interactive': { type: 'boolean', describe: 'Ask nothing: merge what goes together' },
  },
  run(
    { call, io, cwd },
    { project, strategy, 'dry-run': dryRun = false, 'no-interactive': silent, ...args },
  ) {
    return runSync(io, {
      strategy,
      dryRun,
      mayAsk: !silent,
      projects: false,
      call: (more) =>
        call('sync.pull', { project: projectRef(project, cwd), ...toSyncOptions(args, undefined), ...more }),
    })
  },
})
