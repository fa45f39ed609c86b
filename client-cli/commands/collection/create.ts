import { defineCommand } from '../../command.ts'

export const collectionCreateCommand = defineCommand({
  name: 'collection create',
  summary: 'Make another collection',
  examples: [['smd collection create work', 'Make it the active one with: smd collection use work']],
  args: { name: { type: 'string', positional: true, required: true, describe: 'Its name' } },
  async run({ call, io }, { name }) {
    const made = await call('collections.create', { name })
    if (io.json) return io.value(made)
    io.line(`Made: ${made.path}`)
    if (!made.active) io.note(`Make it the active one with: smd collection use ${made.name}`)
  },
})
