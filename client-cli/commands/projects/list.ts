import type { ResultOf } from '../../../protocol/methods.ts'
import { projectStatuses } from '../../../protocol/vocabulary.ts'
import { defineCommand } from '../../command.ts'
import { describeCounts } from '../../format/counts.ts'
import { formatAge, formatCount } from '../../format/values.ts'
import { fetchPages } from '../../pages.ts'
import { withRefreshBar } from '../../refresh-bar.ts'
import { statusStyle } from './project-text.ts'

type Project = ResultOf<'projects.list'>['items'][number]

export const projectsListCommand = defineCommand({
  name: 'projects list',
  summary: 'List the known projects, how fresh each is and what it holds',
  groupDefault: true,
  examples: [
    ['smd projects', 'The same'],
    ['smd projects list --status error', 'Projects that could not be read'],
    ['smd projects list --json | jq -r ".items[].path"', 'All paths, for a script'],
  ],
  args: {
    status: { type: 'string', choices: projectStatuses, describe: 'Only projects with this status' },
    limit: { type: 'number', alias: 'l', min: 1, describe: 'How many to print at most (default: all)' },
  },
  async run({ call, onNotification, io }, { status, limit }) {
    const filter = status === undefined ? {} : { status }
    const answer = fetchPages<Project, ResultOf<'projects.list'>>(
      (page) => call('projects.list', { ...filter, ...page }),
      limit,
    )
    const { items, total } = await withRefreshBar({ call, onNotification, io }, answer)
    if (io.json) return io.value({ items, total })
    if (items.length === 0) {
      io.note(
        status
          ? `No project has the status ${status}.`
          : 'No project is known. Add one with: smd projects add PATH',
      )
      return
    }
    const now = Date.now()
    await io.table<Project>(items, [
      { title: 'NAME', text: (p) => p.name, style: () => 'bold', shrink: 16 },
      { title: 'STATUS', text: (p) => p.status, style: statusStyle },
      { title: 'ARTIFACTS', text: (p) => formatCount(p.artifactCount), align: 'right', drop: 1 },
      { title: 'READ', text: (p) => formatAge(p.lastFetchedAt, now), drop: 2 },
      { title: 'HOLDS', text: (p) => p.errorMessage ?? describeCounts(p.countsByType), shrink: 20, drop: 4 },
      { title: 'PATH', text: (p) => p.path, style: () => 'dim', shrink: 20, drop: 3 },
    ])
    if (items.length < total) io.note(`${items.length} of ${total} projects shown.`)
  },
})
