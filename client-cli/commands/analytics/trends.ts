import type { ParamsOf } from '../../../protocol/methods.ts'
import { defineCommand } from '../../command.ts'

/** Width of the longest bar. */
const BAR = 40

export const analyticsTrendsCommand = defineCommand({
  name: 'analytics trends',
  summary: 'Show how much was done over time',
  examples: [
    ['smd analytics trends', 'Each of the last 30 days'],
    ['smd analytics trends --period month --days 365', 'Each month of a year'],
  ],
  args: {
    period: {
      type: 'string',
      choices: ['day', 'week', 'month'],
      describe: 'What a line stands for (default: day)',
    },
    days: { type: 'number', alias: 'd', min: 1, max: 3660, describe: 'How far to look back (default: 30)' },
  },
  async run({ call, io }, args) {
    const found = await call('analytics.trends', args as ParamsOf<'analytics.trends'>)
    if (io.json) return io.value(found)
    const most = Math.max(1, ...found.points.map(({ events }) => events))
    for (const { at, events, top } of found.points) {
      const bar = '#'.repeat(Math.ceil((events / most) * BAR))
      const day = new Date(at).toISOString().slice(0, 10)
      io.line(
        `${day}  ${String(events).padStart(6)}  ${bar}${top === null ? '' : `${bar === '' ? '' : ' '}${top}`}`.trimEnd(),
      )
    }
  },
})
