import { defineCommand } from '../command.ts'
import { installation, scripts, shells } from '../completion/scripts.ts'

export const completionCommand = defineCommand({
  name: 'completion',
  summary: 'Print the script that completes commands, options and names in your shell',
  examples: shells.map((shell) => [installation[shell], `Set it up in ${shell}`] as const),
  args: {
    shell: { type: 'string', positional: true, required: true, choices: shells, describe: 'Your shell' },
  },
  async run({ io }, { shell }) {
    const script = scripts[shell]
    if (io.json) return io.value({ shell, script })
    io.line(script.trimEnd())
  },
})
