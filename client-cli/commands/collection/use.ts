import { defineCommand } from '../../command.ts'

export const collectionUseCommand = defineCommand({
  name: 'collection use',
  summary: 'Make a collection the one that commands work on',
  examples: [['smd collection use work', 'From now on']],
  args: { name: { type: 'string', positional: true, required: true, describe: 'The collection' } },
  async run({ call, io }, { name }) {
    const used = await call('collections.use', { name })
    if (io.json) return io.value(used)
    io.line(`The active collection is ${used.name}.`)
  },
})
