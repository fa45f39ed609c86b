import { defineCommand } from '../../command.ts'
import { formatAge, formatCount, plural } from '../../format/values.ts'

export const analyticsStatsCommand = defineCommand({
  name: 'analytics stats',
  groupDefault: true,
  summary: 'Show how much was noted of what you do, and whether anything is',
  examples: [['smd analytics', 'What was noted in all; nothing of it leaves this machine']],
  args: {},
  async run({ call, io }) {
    const stats = await call('analytics.summary', {})
    if (io.json) return io.value(stats)
    const now = Date.now()
    const kinds = stats.byType.map(({ type, count }) => `${formatCount(count)} ${type}`).join(', ')
    io.line(`Noted      ${plural(stats.events, 'event')}${kinds === '' ? '' : `: ${kinds}`}`)
    if (stats.lastAt !== null)
      io.line(`Last       ${formatAge(stats.lastAt, now)}, ${stats.recent} in the last 7 days`)
    if (stats.mostDeployed)
      io.line(`Deployed   most: ${stats.mostDeployed.name} (${stats.mostDeployed.count} times)`)
    const kept = stats.retentionDays === 0 ? 'for ever' : `for ${plural(stats.retentionDays, 'day')}`
    io.line(`Kept       ${kept}, on this machine only`)
    if (!stats.enabled)
      io.note('Nothing is noted: analytics.enabled is off, here or in the settings of SkillMeat.')
    if (!stats.transcripts)
      io.note('What agents use is not counted. Count it with: smd config set analytics.transcripts true')
  },
})
