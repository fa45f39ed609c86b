import type { Call } from '../../protocol/client.ts'
import type { ParamsOf, ResultOf } from '../../protocol/methods.ts'
import { defineCommand } from '../command.ts'
import { printArtifacts } from './artifact-table.ts'
import { filterArgs, toFilter } from './filters.ts'

/** Rows asked for at once when everything is wanted. */
const PAGE = 2_000

type Page = ResultOf<'artifacts.list'>

export const listCommand = defineCommand({
  name: 'list',
  summary: 'List skills, commands, agents, hooks, MCP servers, plugins, … of all projects',
  examples: [
    ['smd list --type skill --project .', 'Skills of the project you are in'],
    ['smd list --modified', 'What was changed by hand'],
    ['smd list --json | jq -r ".items[].path"', 'All paths, for a script'],
  ],
  args: {
    ...filterArgs,
    limit: { type: 'number', alias: 'l', min: 1, describe: 'How many to print at most (default: all)' },
    'no-cache': { type: 'boolean', describe: 'Read the disk instead of the cache' },
    'cache-status': { type: 'boolean', describe: 'Also say how fresh the cache is' },
  },
  async run(
    { call, onNotification, io, cwd, ...rest },
    { limit, 'no-cache': noCache, 'cache-status': cacheStatus, ...args },
  ) {
    const params = { ...toFilter(args, cwd) } as ParamsOf<'artifacts.list'>
    const disk = noCache ? await openDisk({ io, cwd, ...rest }) : null
    const ask = disk?.call ?? call
    try {
      const answer = fetchAll(ask, params, limit)
      const { items, total } = await (disk
        ? answer.finally(disk.arrived)
        : whileFilling({ call, onNotification, io }, answer))
      const cache = cacheStatus ? await ask('cache.status', {}) : null
      if (io.json) return io.value(cache ? { items, total, cache: freshness(cache) } : { items, total })
      if (items.length > 0) await printArtifacts(io, items)
      else await explainNothing(ask, io, Object.keys(params).length > 0)
      if (items.length < total) io.note(`${items.length} of ${total} artifacts shown.`)
      if (cache) io.note(await describeCache(cache))
    } finally {
      disk?.close()
    }
  },
})

/** Pages until `limit`, or everything. */
async function fetchAll(
  call: Call,
  params: ParamsOf<'artifacts.list'>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Page> {
  const first = await call('artifacts.list', { ...params, limit: Math.max(1, Math.min(limit, PAGE)) })
  const items = limit < 1 ? [] : first.items
  let cursor = first.nextCursor
  while (cursor !== null && items.length < limit) {
    const page = await call('artifacts.list', {
      ...params,
      limit: Math.min(limit - items.length, PAGE),
      cursor,
    })
    items.push(...page.items)
    cursor = page.nextCursor
  }
  return { items, total: first.total, nextCursor: cursor }
}

/** Longer than an answer takes that waits for nothing, ms. */
const PATIENCE_MS = 150

/** The daemon answers when its cache is filled for the first time; meanwhile a bar shows how far it is. */
async function whileFilling<Result>(
  ctx: Pick<import('../command.ts').CommandContext, 'call' | 'onNotification' | 'io'>,
  answer: Promise<Result>,
): Promise<Result> {
  let shown: Promise<unknown> | undefined
  const later = setTimeout(() => {
    // What becomes of the answer is said by those who asked for it.
    shown = import('../refresh-bar.ts')
      .then(({ withRefreshBar }) => withRefreshBar(ctx, answer, 0))
      .catch(() => undefined)
  }, PATIENCE_MS)
  try {
    return await answer
  } finally {
    clearTimeout(later)
    await shown
  }
}

type DiskContext = Pick<import('../command.ts').CommandContext, 'io' | 'cwd' | 'paths' | 'env'>

/** The same methods on what the disk holds now; `arrived` ends the progress bar of the reading. */
async function openDisk({ io, cwd, paths, env }: DiskContext) {
  const { loadOffline } = await import('../entries.ts')
  const { openOffline } = await loadOffline()
  const bar = io.progress('Reading projects')
  const remark = (text: string): void => io.note(text)
  const options = { paths, env, cwd, remark, reason: null, source: 'disk' as const, onProgress: bar.update }
  return { ...openOffline(options), arrived: bar.end }
}

type CacheStatus = ResultOf<'cache.status'>

function freshness({ lastRefreshAt, ageMs, staleProjects, projects, hitRate, refresh }: CacheStatus) {
  return { lastRefreshAt, ageMs, staleProjects, projects, hitRate, refreshing: refresh !== null }
}

async function describeCache(cache: CacheStatus): Promise<string> {
  const { formatDuration, plural } = await import('../format/values.ts')
  const age = cache.ageMs === null ? 'empty' : `${formatDuration(cache.ageMs)} old`
  const stale =
    cache.staleProjects === 0 ? 'nothing stale' : `${plural(cache.staleProjects, 'project')} stale`
  return `Cache: ${age}, ${stale}${cache.refresh ? ', being refreshed now' : ''}.`
}

/** An empty table helps nobody: say why it is empty and what to do. */
async function explainNothing(call: Call, io: import('../io.ts').Io, filtered: boolean): Promise<void> {
  const { projects, artifacts } = await call('cache.status', {})
  if (artifacts > 0 && filtered) return io.note(`None of the ${artifacts} known artifacts matches.`)
  io.note(
    projects === 0
      ? 'No project with skills, agents or servers was found on this machine.\nTell smd about one: smd projects add PATH\nOr look at a small sample: smd demo'
      : 'The known projects hold no artifacts.',
  )
}
