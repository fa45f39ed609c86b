import { defineCommand } from '../../command.ts'
import { addArgs, addArtifact } from './add-artifact.ts'

export const quickAddCommand = defineCommand({
  name: 'quick-add',
  summary: 'Copy an artifact into the active collection, as what it looks like',
  examples: [['smd quick-add owner/repo/commands/review.md', 'A command, by its place']],
  args: {
    ...addArgs,
    type: {
      type: 'string',
      alias: 't',
      choices: ['skill', 'command', 'agent', 'hook', 'mcp'],
      describe: 'Its type, when its look does not tell',
    },
  },
  run: (ctx, { type, ...args }) => addArtifact(ctx, 'quick-add', args, type),
})
