import type { ResultOf } from '../../../protocol/methods.ts'
import { defineCommand } from '../../command.ts'
import { formatAge, formatCount } from '../../format/values.ts'
import { fetchPages } from '../../pages.ts'

type Source = ResultOf<'upstream.sources'>['items'][number]

export const upstreamListCommand = defineCommand({
  name: 'upstream list',
  summary: 'List the places artifacts come from, and when each was asked',
  groupDefault: true,
  examples: [
    ['smd upstream list', 'Repositories, packages, marketplaces and folders'],
    ['smd upstream', 'The same'],
  ],
  args: {},
  async run({ call, io }) {
    const { items, total } = await fetchPages<Source, ResultOf<'upstream.sources'>>((page) =>
      call('upstream.sources', page),
    )
    if (io.json) return io.value({ items, total })
    if (items.length === 0) {
      io.note('No artifact has a recorded source that can be asked.')
      return
    }
    const now = Date.now()
    await io.table<Source>(items, [
      { title: 'SOURCE', text: (s) => s.name, style: () => 'bold', shrink: 20 },
      { title: 'ARTIFACTS', text: (s) => formatCount(s.artifactCount), align: 'right', drop: 2 },
      { title: 'VERSION', text: (s) => s.version ?? s.revision?.slice(0, 7) ?? '-', shrink: 8, drop: 1 },
      { title: 'CHECKED', text: (s) => formatAge(s.checkedAt, now) },
      { title: 'CHANGED', text: (s) => formatAge(s.changedAt, now), drop: 3 },
      { title: 'TROUBLE', text: (s) => s.failure?.message ?? '', style: () => 'yellow', shrink: 20, drop: 4 },
    ])
  },
})
