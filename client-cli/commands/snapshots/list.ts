import { defineCommand } from '../../command.ts'
import { collectionArg, showSnapshots } from './snapshot-text.ts'

const DEFAULT_LIMIT = 50

export const snapshotsListCommand = defineCommand({
  name: 'snapshots',
  summary: 'List the snapshots of a collection, newest first',
  examples: [
    ['smd snapshots', 'Those of the active collection'],
    ['smd snapshots -c work -n 5', 'The last five of another one'],
  ],
  args: {
    collection: collectionArg,
    limit: {
      type: 'number',
      alias: 'n',
      min: 1,
      describe: `How many to print at most (default: ${DEFAULT_LIMIT})`,
    },
  },
  run: (ctx, { collection, limit = DEFAULT_LIMIT }) => showSnapshots(ctx, collection, limit),
})
