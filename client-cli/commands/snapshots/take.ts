import { defineCommand } from '../../command.ts'
import { collectionArg, holds, inCollection } from './snapshot-text.ts'

export const snapshotCommand = defineCommand({
  name: 'snapshot',
  summary: 'Take a snapshot of a collection, to go back to',
  examples: [
    ['smd snapshot "before cleanup"', 'Of the active collection, with a message'],
    ['smd snapshot -c work', 'Of another one'],
  ],
  args: {
    message: { type: 'string', positional: true, mayBeEmpty: true, describe: 'What it is for' },
    collection: collectionArg,
  },
  async run({ call, io }, { message = '', collection }) {
    const taken = await call('snapshots.create', { ...inCollection(collection), message })
    if (io.json) return io.value(taken)
    io.line(`${taken.id}  ${taken.collection}: ${holds(taken)}`)
    io.note(`Go back to it with: smd rollback ${taken.id}`)
  },
})
