import type { ResultOf } from '../../protocol/methods.ts'
import { defineCommand } from '../command.ts'
import { eventText } from '../format/event-text.ts'
import { formatAge } from '../format/values.ts'
import { fetchPages } from '../pages.ts'
import { projectRef } from './filters.ts'
import { showSnapshots } from './snapshots/snapshot-text.ts'

const DEFAULT_LIMIT = 50

type Event = ResultOf<'events.history'>['items'][number]

export const historyCommand = defineCommand({
  name: 'history',
  summary: 'Show what happened to projects and artifacts in the last days, newest first',
  examples: [
    ['smd history --limit 10', 'The last ten changes'],
    ['smd history .', 'Those of the project you are in'],
    ['smd history --collection default -n 10', 'The last snapshots of a collection'],
  ],
  args: {
    project: {
      type: 'string',
      positional: true,
      describe: 'Only this one: path, name or id',
      complete: 'project',
    },
    limit: {
      type: 'number',
      alias: 'l',
      min: 1,
      describe: `How many to print at most (default: ${DEFAULT_LIMIT})`,
    },
    collection: {
      type: 'string',
      alias: 'c',
      describe: 'The snapshots of this collection instead, as smd snapshotss them',
    },
    n: { type: 'number', min: 1, alias: 'n', describe: 'As --limit' },
  },
  async run(ctx, { project, collection, n, limit = n ?? DEFAULT_LIMIT }) {
    if (collection !== undefined) return showSnapshots(ctx, collection, limit)
    const { call, io, cwd } = ctx
    const which = project === undefined ? {} : { project: projectRef(project, cwd) }
    const { items, total } = await fetchPages<Event, ResultOf<'events.history'>>(
      (page) => call('events.history', { ...which, ...page }),
      limit,
    )
    if (io.json) return io.value({ items, total })
    if (items.length === 0) return io.note('Nothing was noticed in the last days.')
    const now = Date.now()
    await io.table(
      items.map((event) => ({ at: event.at, ...eventText(event, now) })),
      [
        { title: 'WHEN', text: ({ at }) => formatAge(at, now) },
        { title: 'PROJECT', text: (event) => event.project ?? '-', style: () => 'bold', shrink: 16 },
        { title: 'WHAT', text: ({ what }) => what, shrink: 30 },
      ],
    )
    if (items.length < total) io.note(`${items.length} of ${total} events shown.`)
  },
})
