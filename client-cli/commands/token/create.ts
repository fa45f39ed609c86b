import { accessScopes } from '../../../protocol/vocabulary.ts'
import { defineCommand } from '../../command.ts'
import { endText } from './token-text.ts'

export const tokenCreateCommand = defineCommand({
  name: 'token create',
  summary: 'Make a token for a program that uses the daemon over HTTP; it is printed this once',
  examples: [
    ['smd token create dashboard', 'It may look, for 90 days'],
    ['smd token create ci --scope write --days 7', 'It may also refresh and change settings, for a week'],
    ['TOKEN=$(smd token create backup-check --days 0)', 'Without an end, for a script'],
  ],
  args: {
    name: { type: 'string', positional: true, required: true, describe: 'What it is for' },
    scope: { type: 'string', choices: accessScopes, describe: 'What it may do (default: read)' },
    days: {
      type: 'number',
      min: 0,
      max: 3650,
      describe: 'After how many days it ends, 0 for never (default: 90)',
    },
  },
  async run({ call, io }, { name, scope, days }) {
    const made = await call('tokens.create', { name, scope, days })
    if (io.json) return io.value(made)
    io.line(made.token)
    io.note(`Scope ${made.scope}, ends ${endText(made, Date.now())}. It is not shown again.`)
    io.note('Send it with each request: Authorization: Bearer TOKEN')
    io.note(`Take it back with: smd token revoke ${made.id}`)
  },
})
