/** What the page asks for, over the socket, at 10,000 and 100,000 artifacts. */
import type { Database } from '../../../daemon/kernel/db/database.ts'
import { openForReading } from '../../../daemon/kernel/db/open.ts'
import type { Call } from '../../../protocol/client.ts'
import { tableOrders } from '../../../protocol/domains/artifacts.ts'
import type { ParamsOf } from '../../../protocol/methods.ts'
import type { Bench } from '../bench.ts'
import { fillCache, newPlace, untilIdle, withDaemon } from '../daemon.ts'
import type { Goal, Group, Line } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { discarded, longestWait } from '../socket/jobs.ts'
import { interleave, median, p99 } from '../statistics.ts'

/** Rows of one page of a table that is scrolled. */
const PAGE = 200

export async function measureTables(bench: Bench): Promise<Group> {
  return {
    name: 'tables',
    title: 'Tables of the page',
    about: `Over the socket. Pages of ${PAGE} rows in every order and from anywhere; the first answer after a change reads everything into memory again, later ones do not.`,
    lines: [
      ...(await measureAt(bench, 100)),
      // Its tree takes minutes to make.
      ...(bench.options.quick ? [] : await measureAt(bench, 1_000)),
    ],
  }
}

async function measureAt(bench: Bench, projects: 100 | 1_000): Promise<Line[]> {
  const place = newPlace(bench, bench.tree(projects).home)
  const { artifacts } = await fillCache(bench, place)
  const db = openForReading(place.cacheDb)
  const rounds = roundsOf(bench.options, 40, 3)
  const samples = await withDaemon(bench, place, async ({ call }, daemon) => {
    await untilIdle(call)
    const other = daemon.connect()
    const pages = pagesOf(artifacts)
    const change = changes(call, await call('projects.list', { limit: projects }))
    let turn = 0
    const next = (): ParamsOf<'artifacts.table'> => pages[turn++ % pages.length] as (typeof pages)[number]
    const timed = async (work: () => unknown): Promise<number> => {
      const start = process.hrtime.bigint()
      await work()
      return Number(process.hrtime.bigint() - start) / 1e6
    }
    const taken = await interleave(
      { rounds, warmUp: 1 },
      {
        sql: () => timed(() => pageBySql(db, next())),
        after: () => change().then(() => timed(() => call('artifacts.facets', {}))),
        wait: () =>
          change().then(() =>
            longestWait(other.call, () => discarded(place.socket, 'artifacts.matrix', {})).then(
              (us) => us / 1e3,
            ),
          ),
        page: async () => {
          const times: number[] = []
          for (const page of pages) {
            // The order itself is made once.
            await call('artifacts.table', { ...page, offset: 0 })
            times.push(await timed(() => call('artifacts.table', page)))
          }
          return times
        },
        facets: () => timed(() => call('artifacts.facets', { type: 'skill', state: 'untracked' })),
        matrix: () => timed(() => call('artifacts.matrix', { atLeast: 2 })),
        effective: () => timed(() => call('projects.effective', { project: change.project(turn++) })),
        projects: () => timed(() => call('projects.list', { limit: 10_000 })),
      },
    )
    other.close()
    return taken
  })
  db.close()
  return linesOf(samples, projects, artifacts)
}

type Samples = Record<
  'sql' | 'after' | 'wait' | 'page' | 'facets' | 'matrix' | 'effective' | 'projects',
  number[]
>

function linesOf(samples: Samples, projects: 100 | 1_000, artifacts: number): Line[] {
  const count = artifacts.toLocaleString('en')
  const line = (
    id: keyof Samples,
    what: string,
    figure: number,
    goal: Goal,
    floor: Line['floor'] = null,
    suffix = '',
  ): Line => ({
    id: `tables.${id}-${projects}${suffix}`,
    what,
    unit: 'ms',
    figure,
    floor,
    goal,
    samples: `${samples[id].length} calls`,
  })
  const most = (max: number): Goal => ({ kind: 'most', max })
  const none: Goal = { kind: 'none' }
  const sql = { what: 'SQL with ORDER BY and OFFSET, in one process', figure: median(samples.sql) }
  return [
    line('page', `a page from anywhere, in any order, ${count} artifacts`, median(samples.page), none, sql),
    line('page', 'same, p99', p99(samples.page), most(10), null, '-p99'),
    line('facets', 'counts of one filter', median(samples.facets), most(10)),
    line('after', 'all counts, after a change', median(samples.after), none),
    line(
      'wait',
      'longest wait of another client for the matrix, after a change',
      median(samples.wait),
      most(10),
    ),
    line('matrix', 'matrix of all that is in two places or more', median(samples.matrix), most(50)),
    line('effective', 'what is in effect in one project', median(samples.effective), none),
    line('projects', `all of ${projects.toLocaleString('en')} projects`, median(samples.projects), none),
  ]
}

/** Pages in all orders, upwards and downwards, at places far from one another. */
function pagesOf(artifacts: number): Array<ParamsOf<'artifacts.table'>> {
  return tableOrders
    .filter((sort) => sort !== 'relevance')
    .flatMap((sort, at) =>
      [false, true].map((descending, half) => ({
        sort,
        descending,
        limit: PAGE,
        offset: Math.floor(((at * 2 + half + 1) / 15) * Math.max(0, artifacts - PAGE)),
      })),
    )
}

/** Marks one project after the other as stale: the smallest change there is. */
function changes(call: Call, { items }: { items: ReadonlyArray<{ id: string }> }) {
  const project = (turn: number): string => items[turn % items.length]?.id ?? ''
  let turn = 0
  const change = (): Promise<unknown> => call('cache.invalidate', { project: project(turn++) })
  return Object.assign(change, { project })
}

const COLUMNS = {
  name: 'a.name',
  type: 'a.type',
  project: 'p.name',
  state: 'o.state',
  updated: 'a.modified_at',
}

function pageBySql(
  db: Database,
  { sort = 'name', descending, offset = 0 }: ParamsOf<'artifacts.table'>,
): unknown {
  const column = { ...COLUMNS, size: 'a.size_bytes', tokens: 'a.tokens', relevance: 'a.name' }[sort]
  return db.allSql(
    `SELECT a.*, p.name AS project, o.state FROM artifacts a LEFT JOIN projects p ON p.id = a.project_id
     LEFT JOIN artifact_origins o ON o.artifact_id = a.id
     ORDER BY ${column} ${descending ? 'DESC' : 'ASC'}, a.name, a.uid LIMIT ${PAGE} OFFSET ?`,
    offset,
  )
}
