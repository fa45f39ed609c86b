import type { ParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { ArtifactType } from '../../../protocol/vocabulary.ts'
import { type CommandContext, defineCommand } from '../../command.ts'
import { formatAge } from '../../format/values.ts'
import { filterArgs } from '../filters.ts'

type Usage = ResultOf<'analytics.top'>['items'][number]

const args = {
  type: filterArgs.type,
  limit: { type: 'number', alias: 'l', min: 1, max: 1000, describe: 'How many to print (default: 10)' },
} as const

export const analyticsTopCommand = defineCommand({
  name: 'analytics top',
  summary: 'List the artifacts with which most was done',
  examples: [
    ['smd analytics top', 'The ten with most events'],
    [
      'smd analytics top --metric uses --type skill',
      'The skills your agents use most, where that is counted',
    ],
  ],
  args: {
    metric: {
      type: 'string',
      alias: 'm',
      choices: ['total', 'deploys', 'uses'],
      describe: 'What to count (default: total)',
    },
    ...args,
  },
  run: (ctx, { metric = 'total', ...rest }) => print(ctx, { metric, ...rest }),
})

export const analyticsUsageCommand = defineCommand({
  name: 'analytics usage',
  summary: 'List artifacts by when something was last done with them',
  examples: [['smd analytics usage --type agent', 'Agents, the latest first']],
  args,
  run: (ctx, rest) => print(ctx, { metric: 'recent', ...rest }),
})

type Asked = { metric: 'total' | 'deploys' | 'uses' | 'recent'; type?: ArtifactType; limit?: number }

async function print(
  { call, io }: CommandContext,
  params: { [Key in keyof Asked]: Asked[Key] | undefined },
): Promise<void> {
  const found = await call('analytics.top', params as ParamsOf<'analytics.top'>)
  if (io.json) return io.value(found)
  if (found.items.length === 0) return io.note('Nothing was noted yet.')
  const now = Date.now()
  await io.table<Usage>(found.items, [
    { title: 'NAME', text: (row) => row.name, style: () => 'bold', shrink: 16 },
    { title: 'TYPE', text: (row) => row.type },
    { title: 'LAST', text: (row) => formatAge(row.lastAt, now) },
    { title: 'DEPLOYED', text: (row) => String(row.deploys), align: 'right' },
    { title: 'UPDATED', text: (row) => String(row.updates), align: 'right', drop: 2 },
    { title: 'SYNCED', text: (row) => String(row.syncs), align: 'right', drop: 2 },
    { title: 'FOUND', text: (row) => String(row.searches), align: 'right', drop: 1 },
    { title: 'USED', text: (row) => String(row.uses), align: 'right' },
    { title: 'ALL', text: (row) => String(row.total), align: 'right' },
  ])
}
