import { defineCommand } from '../../command.ts'
import { diffArgs, diffArtifact } from '../diff.ts'

export const diffArtifactCommand = defineCommand({
  name: 'diff artifact',
  summary: 'Show what differs between an artifact and its source: smd diff, for every name',
  examples: [
    ['smd diff artifact code-review --upstream --stat', 'How much is new upstream'],
    ['smd diff artifact files --project .', 'An artifact that has the name of another command'],
  ],
  args: {
    ...diffArgs,
    upstream: { type: 'boolean', describe: 'Compare with its source, which is what happens anyway' },
  },
  run: (ctx, { upstream: _, ...args }) => diffArtifact(ctx, args),
})
