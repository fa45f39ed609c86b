import { defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'

export const analyticsCountCommand = defineCommand({
  name: 'analytics count',
  summary: 'Count now what the transcripts of Claude Code say was used, where you allowed that',
  examples: [['smd analytics count', 'Otherwise once an hour; needs analytics.transcripts']],
  args: {},
  async run({ call, io }) {
    const counted = await call('analytics.count', {})
    if (io.json) return io.value(counted)
    io.line(
      `${plural(counted.uses, 'use')} in ${plural(counted.transcripts, 'transcript')} that went on since the last time.`,
    )
  },
})
