import { defineCommand } from '../command.ts'
import { formatDuration, plural } from '../format/values.ts'
import { projectRef } from './filters.ts'

export const syncCommand = defineCommand({
  name: 'sync',
  summary: 'Bring every change made so far into the cache',
  examples: [
    ['smd sync --wait', 'Return when everything written before is in the cache'],
    ['smd sync --wait .', 'The same for the project you are in'],
  ],
  args: {
    project: {
      type: 'string',
      positional: true,
      describe: 'Only this one: path, name or id',
      complete: 'project',
    },
    wait: { type: 'boolean', alias: 'w', describe: 'Return when it is done, instead of when it has begun' },
  },
  async run({ call, io, cwd }, { project, wait = false }) {
    const which = project === undefined ? {} : { project: projectRef(project, cwd) }
    const answer = await call('cache.sync', { ...which, background: !wait })
    if (io.json) return io.value(answer)
    const { result } = answer
    if (!result) return io.line('Started. To wait for the end: smd sync --wait')
    const read = result.scanned > 0 ? `, ${result.scanned} of them read because they are not watched` : ''
    io.line(
      `The cache is in line with ${plural(result.units, 'place')}${read} (${formatDuration(result.durationMs)})`,
    )
  },
})
