import { defineCommand } from '../command.ts'

export const initCommand = defineCommand({
  name: 'init',
  summary: 'Make your library with its first collection',
  examples: [
    ['smd init', 'A collection called default, which is the active one'],
    ['smd init --name work', 'Another name'],
  ],
  args: { name: { type: 'string', alias: 'n', describe: 'Name of the collection (default: default)' } },
  async run({ call, io }, { name = 'default' }) {
    const made = await call('collections.init', { name })
    if (io.json) return io.value(made)
    io.line(`${made.created ? 'Made' : 'Already there'}: ${made.path}`)
    io.note(
      made.active
        ? 'Fill it with: smd add skill OWNER/REPO/PATH'
        : `Make it the active one with: smd collection use ${made.name}`,
    )
  },
})
