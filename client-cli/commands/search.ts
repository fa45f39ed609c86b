import type { ParamsOf } from '../../protocol/methods.ts'
import { defineCommand } from '../command.ts'
import { printArtifacts } from './artifact-table.ts'
import { filterArgs, toFilter } from './filters.ts'

export const searchCommand = defineCommand({
  name: 'search',
  summary: 'Search names, titles, descriptions, tags and sources, or what artifacts hold',
  examples: [
    ['smd search review', 'Whatever has to do with reviews'],
    ['smd search "pull request" --type agent', 'Agents for pull requests'],
    ['smd search --content gh pr create', 'Files of artifacts with these words, and the lines'],
  ],
  args: {
    query: { type: 'string', positional: true, required: true, many: true, describe: 'Words to look for' },
    content: {
      type: 'boolean',
      alias: 'c',
      describe: 'Search what their text files hold; the first time reads them all',
    },
    'search-type': {
      type: 'string',
      choices: ['metadata', 'content', 'both'],
      describe: 'The same in the words of SkillMeat; both lists one after the other',
    },
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
  async run(
    { call, io, cwd },
    { query, content, 'search-type': kind, limit = 50, sort = 'relevance', ...args },
  ) {
    if (content || kind === 'content') {
      // Seldom asked for, and this verb is to start at once.
      const { searchContents } = await import('./search-contents.ts')
      return searchContents({ call, io }, { ...toFilter(args, cwd), query: query.join(' '), limit })
    }
    const params = {
      ...toFilter(args, cwd),
      query: query.join(' '),
      limit,
      sort,
    } as ParamsOf<'artifacts.search'>
    const found = await call('artifacts.search', params)
    if (kind === 'both') {
      const { searchBoth } = await import('./search-contents.ts')
      const { sort: _, ...words } = params
      return searchBoth({ call, io }, words, found)
    }
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
