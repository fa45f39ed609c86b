import { defineCommand } from '../../command.ts'

export const tokenRevokeCommand = defineCommand({
  name: 'token revoke',
  summary: 'End a token, and the connections that were made with it',
  examples: [
    ['smd token list', 'Their names and ids'],
    ['smd token revoke dashboard', 'It lets nobody in from now on'],
  ],
  args: {
    token: {
      type: 'string',
      positional: true,
      required: true,
      describe: 'Its name or id',
      complete: 'token',
    },
  },
  async run({ call, io }, { token }) {
    const ended = await call('tokens.revoke', { token })
    if (io.json) return io.value(ended)
    io.line(`The token ${ended.name} (${ended.id}) lets nobody in any more.`)
  },
})
