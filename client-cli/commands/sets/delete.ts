import { defineCommand } from '../../command.ts'

export const setsDeleteCommand = defineCommand({
  name: 'sets delete',
  summary: 'Forget a deployment set; what was deployed stays',
  examples: [['smd sets delete base', 'Of the active collection']],
  args: {
    name: { type: 'string', positional: true, required: true, describe: 'Name of the set' },
    collection: { type: 'string', alias: 'c', describe: 'Of this collection (default: the active one)' },
  },
  async run({ call, io }, { name, collection }) {
    const deleted = await call('sets.delete', { name, ...(collection !== undefined && { collection }) })
    if (io.json) return io.value(deleted)
    io.line(`Forgotten: ${name}`)
  },
})
