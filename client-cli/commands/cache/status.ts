import type { ResultOf } from '../../../protocol/methods.ts'
import { defineCommand } from '../../command.ts'
import { formatAge, formatBytes, formatCount, formatDuration, plural } from '../../format/values.ts'

type Status = ResultOf<'cache.status'>

export const cacheStatusCommand = defineCommand({
  name: 'cache status',
  summary: 'Show age, size, hit rate, stale entries and query times of the cache',
  examples: [['smd cache status --json | jq .staleProjects', 'For a script']],
  args: {},
  async run({ call, io }) {
    const status = await call('cache.status', {})
    if (io.json) return io.value(status)
    const rows = describe(status, Date.now()).map(([name, value]) => ({ name, value }))
    await io.table(rows, [
      { title: 'CACHE', text: (row) => row.name, style: () => 'dim' },
      { title: '', text: (row) => row.value, shrink: 16 },
    ])
  },
})

function describe(s: Status, now: number): Array<[name: string, value: string]> {
  const progress = s.refresh && `, being read now (${s.refresh.unitsDone} of ${s.refresh.unitsTotal || '?'})`
  const failed = s.failedProjects > 0 ? `, ${s.failedProjects} failed` : ''
  const { count, meanMs, maxMs, slow } = s.queries
  const slowOnes = slow > 0 ? `, ${formatCount(slow)} slow` : ''
  return [
    ['Age', `${s.ageMs === null ? 'empty' : formatDuration(s.ageMs)}${progress ?? ''}`],
    ['Last refresh', formatAge(s.lastRefreshAt, now)],
    ['Time to live', formatDuration(s.ttlMs)],
    ['Size', `${formatBytes(s.sizeBytes)}${s.storage === 'memory' ? ' in memory' : ''}`],
    ['File', s.path],
    ['Projects', `${formatCount(s.projects)}, ${s.staleProjects} stale${failed}`],
    [
      'Artifacts',
      `${formatCount(s.artifacts)}, ${s.outdatedArtifacts} outdated, ${s.modifiedArtifacts} modified`,
    ],
    [
      'Hit rate',
      s.hitRate === null ? '-' : `${Math.round(s.hitRate * 100)} % of ${plural(s.hits + s.misses, 'read')}`,
    ],
    [
      'Query time',
      meanMs === null || maxMs === null
        ? '-'
        : `${meanMs.toFixed(2)} ms on average, ${maxMs.toFixed(2)} ms at most (${formatCount(count)}${slowOnes})`,
    ],
  ]
}
