import type { ParamsOf } from '../../../protocol/methods.ts'
import { defineCommand } from '../../command.ts'
import { formatAge, formatBytes, plural } from '../../format/values.ts'
import { filterArgs } from '../filters.ts'

export const analyticsCleanupCommand = defineCommand({
  name: 'analytics cleanup',
  summary: 'List artifacts with which nothing was done for long; removes nothing',
  examples: [
    ['smd analytics cleanup', 'Never used in 90 days, the largest first'],
    ['smd analytics cleanup --inactivity-days 30 --type skill --json', 'For a script'],
  ],
  args: {
    'inactivity-days': {
      type: 'number',
      min: 1,
      max: 36_500,
      describe: 'How long nothing was done (default: 90)',
    },
    type: filterArgs.type,
    limit: { type: 'number', alias: 'l', min: 1, max: 1000, describe: 'How many to print (default: 100)' },
  },
  async run({ call, io }, { 'inactivity-days': days, ...rest }) {
    const found = await call('analytics.unused', { days, ...rest } as ParamsOf<'analytics.unused'>)
    if (io.json) return io.value(found)
    if (found.total === 0) return io.note('Everything here was used, or is too new to tell.')
    const now = Date.now()
    await io.table(found.items, [
      { title: 'NAME', text: (row) => row.name, style: () => 'bold', shrink: 16 },
      { title: 'TYPE', text: (row) => row.type },
      { title: 'COPIES', text: (row) => String(row.copies), align: 'right' },
      { title: 'SIZE', text: (row) => formatBytes(row.sizeBytes), align: 'right' },
      { title: 'TOKENS', text: (row) => String(row.tokens), align: 'right', drop: 1 },
      { title: 'LAST', text: (row) => (row.lastAt === null ? 'never' : formatAge(row.lastAt, now)) },
    ])
    io.note(`${plural(found.total, 'name')}, ${formatBytes(found.sizeBytes)} in all.`)
    if (!found.transcripts)
      io.note('What agents use is not counted, so that some of these may well be in use: see smd analytics.')
  },
})
