import { defineCommand } from '../../command.ts'
import { formatAge } from '../../format/values.ts'
import { endText, hasEnded, type Token } from './token-text.ts'

export const tokenListCommand = defineCommand({
  name: 'token list',
  summary: 'List the tokens, newest first: what each may do, when it ends, when it was used',
  groupDefault: true,
  examples: [
    ['smd token list --json | jq -r ".items[] | select(.lastUsedAt == null).name"', 'Which were never used'],
  ],
  args: {},
  async run({ call, io }) {
    const { items } = await call('tokens.list', {})
    if (io.json) return io.value({ items, total: items.length })
    if (items.length === 0) return io.note('No tokens yet. Make one with: smd token create NAME')
    const now = Date.now()
    await io.table<Token>(items, [
      { title: 'ID', text: (t) => t.id, style: () => 'dim' },
      { title: 'NAME', text: (t) => t.name, style: () => 'bold' },
      { title: 'MAY', text: (t) => t.scope, style: (t) => (t.scope === 'admin' ? 'yellow' : null) },
      { title: 'MADE', text: (t) => formatAge(t.createdAt, now) },
      { title: 'ENDS', text: (t) => endText(t, now), style: (t) => (hasEnded(t, now) ? 'red' : null) },
      { title: 'LAST USED', text: (t) => usedText(t, now) },
    ])
  },
})

/** To the day, as it is kept. */
function usedText({ lastUsedAt }: Token, now: number): string {
  if (lastUsedAt === null) return 'never'
  return now - lastUsedAt < 86_400_000 ? 'today' : formatAge(lastUsedAt, now)
}
