import { type Command, defineCommand } from '../command.ts'

export const helpCommand = defineCommand({
  name: 'help',
  summary: 'Explain smd, or one command, as --help does',
  examples: [
    ['smd help service install', 'The same as smd service install --help'],
    ['smd help cache', 'What belongs to a group of commands'],
  ],
  args: {
    command: {
      type: 'string',
      positional: true,
      many: true,
      describe: 'The command, or the group of commands',
      complete: 'command',
    },
  },
  async run({ io }, { command = [] }) {
    const { helpText } = await import('../register.ts')
    const text = helpText(await allCommands(), command, io)
    if (io.json) return io.value({ command: command.join(' '), text })
    io.line(text)
  },
})

/** Loaded late: the table of commands holds this one too. */
async function allCommands(): Promise<readonly Command[]> {
  const [{ hotCommands }, { coldCommands }] = await Promise.all([import('./hot.ts'), import('./cold.ts')])
  return [...hotCommands, ...coldCommands]
}
