import type { ResultOf } from '../../../protocol/methods.ts'
import { defineCommand } from '../../command.ts'

type Event = ResultOf<'analytics.events'>['items'][number]

/** Events asked for at a time. */
const PAGE = 5_000

const columns = ['id', 'at', 'event', 'name', 'type', 'collection', 'project', 'outcome', 'metadata'] as const

export const analyticsExportCommand = defineCommand({
  name: 'analytics export',
  summary: 'Print all events that are kept, newest first, as JSON or CSV',
  examples: [
    ['smd analytics export > events.json', 'One JSON object'],
    ['smd analytics export --format csv > events.csv', 'With a line of names (RFC 4180)'],
  ],
  args: {
    format: { type: 'string', choices: ['json', 'csv'], describe: 'How to print them (default: json)' },
  },
  async run({ call, io }, { format = 'json' }) {
    const items: Event[] = []
    for (let before: number | null | undefined; before !== null; ) {
      const page: ResultOf<'analytics.events'> = await call('analytics.events', { limit: PAGE, before })
      items.push(...page.items)
      before = page.next
    }
    if (io.json || format === 'json') return io.value({ items: items.map(withTime) })
    io.line(columns.join(','))
    for (const event of items.map(withTime)) io.line(columns.map((name) => cell(event[name])).join(','))
  },
})

const withTime = (event: Event) => ({ ...event, at: new Date(event.at).toISOString() })

/** A value of a CSV line; what a spreadsheet would take for a formula begins with an apostrophe. */
function cell(value: unknown): string {
  if (value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const safe = /^[=+\-@\t]/.test(text) && typeof value === 'string' ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
