import { defineCommand } from '../command.ts'
import { diffOutputArgs } from './diff/print-files.ts'
import { projectRef } from './filters.ts'
import { printItems, summaryOf } from './sync-items.ts'
import { syncArgs, toSyncOptions } from './sync-options.ts'

export const syncPreviewCommand = defineCommand({
  name: 'sync-preview',
  summary: 'Show what a pull or push would change, line by line',
  examples: [
    ['smd sync-preview .', 'What a pull would take from here into the collections'],
    ['smd sync-preview . --push --side-by-side', 'What a push would change here, in two columns'],
  ],
  args: {
    project: {
      type: 'string',
      positional: true,
      required: true,
      describe: 'Path, name or id',
      complete: 'project',
    },
    push: { type: 'boolean', describe: 'From the collections to the project, not the other way round' },
    ...syncArgs,
    ...diffOutputArgs,
  },
  async run({ call, io, cwd }, { project, push, stat, 'side-by-side': isSideBySide, ...args }) {
    const { items, warnings } = await call('sync.preview', {
      project: projectRef(project, cwd),
      direction: push ? 'push' : 'pull',
      ...toSyncOptions(args, args.strategy === 'prompt' ? 'merge' : args.strategy),
    })
    if (io.json) return io.value({ items, warnings })
    await printItems(io, items, {
      isPlan: true,
      diff: { stat, 'side-by-side': isSideBySide },
      projects: false,
    })
    for (const warning of warnings) io.note(warning)
    io.note(summaryOf(items, true))
  },
})
