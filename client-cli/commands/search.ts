import type { ParamsOf } from '../../protocol/methods.ts'
import { defineCommand } from '../command.ts'
import { printArtifacts } from './artifact-table.ts'
import { filterArgs, toFilter } from './filters.ts'

export const searchCommand = defineCommand({
  name: 'search',
  summary: 'Search names, titles, descriptions, tags and sources',
  examples: [
    ['smd search review', 'Whatever has to do with reviews'],
    ['smd search "pull request" --type agent', 'Agents for pull requests'],
  ],
  args: {
    query: { type: 'string', positional: true, required: true, many: true, describe: 'Words to look for' },
    ...filterArgs,
    limit: {
      type: 'number',
      alias: 'l',
      min: 1,
      max: 200,
      describe: 'How many to print at most (1 to 200, default 50)',
    },
    sort: {
      type: 'string',
      choices: ['relevance', 'name', 'type', 'updated'],
      describe: 'Order (default: relevance)',
    },
  },
  async run({ call, io, cwd }, { query, limit = 50, sort = 'relevance', ...args }) {
    const params = {
      ...toFilter(args, cwd),
      query: query.join(' '),
      limit,
      sort,
    } as ParamsOf<'artifacts.search'>
    const found = await call('artifacts.search', params)
    if (io.json) return io.value(found)
    if (found.correctedQuery !== null)
      io.note(`Nothing for "${params.query}"; showing "${found.correctedQuery}".`)
    if (found.items.length === 0) {
      io.note(`Nothing matches "${params.query}".`)
      return
    }
    await printArtifacts(io, found.items)
    if (found.items.length < found.total) {
      io.note(
        `${found.items.length} of ${found.totalIsExact ? '' : 'at least '}${found.total} matches shown.`,
      )
    }
  },
})
