import { defineCommand } from '../../command.ts'

export const activeCollectionCommand = defineCommand({
  name: 'active-collection',
  summary: 'Say which collection commands work on, or choose it',
  examples: [
    ['smd active-collection', 'Its name'],
    ['smd active-collection work', 'As smd collection use work'],
  ],
  args: { name: { type: 'string', positional: true, describe: 'The collection to use from now on' } },
  async run({ call, io }, { name }) {
    if (name !== undefined) await call('collections.use', { name })
    const { items } = await call('collections.list', {})
    const active = items.find((each) => each.active)
    if (io.json) return io.value({ name: active?.name ?? null, path: active?.path ?? null })
    if (active) io.line(active.name)
    else io.note('There is no collection yet. Make one with: smd init')
  },
})
