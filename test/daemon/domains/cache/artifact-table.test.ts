import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeSampleHome } from '../../../../client-cli/demo/sample-home.ts'
import { refreshVocabulary } from '../../../../daemon/domains/cache/search-index.ts'
import type { artifactColumns } from '../../../../protocol/domains/artifacts.ts'
import type { ParamsOf, ResultOf } from '../../../../protocol/methods.ts'
import { fillWithArtifacts } from '../../../support/many-artifacts.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const startSample = () => start({ prepare: ({ home }) => void writeSampleHome(home) })

/** A daemon with `projects` times `perProject` artifacts in every state. */
async function startLarge(projects: number, perProject: number): Promise<TestDaemon> {
  const daemon = await start()
  const { db } = daemon.ctx
  fillWithArtifacts(db, projects, perProject)
  db.exec(`INSERT INTO upstream_sources (id, key, kind, spec) VALUES (1, 'k', 'git', '{}');
    INSERT INTO artifact_origins (artifact_id, source_id, base_mark, scan_outdated, recorded_at, state)
      SELECT id, 1, '', 0, 0, CASE id % 3 WHEN 0 THEN 'outdated' WHEN 1 THEN 'diverged' ELSE 'current' END
      FROM artifacts WHERE id % 4 = 0;
    UPDATE artifacts SET scope = 'plugin' WHERE id % 250 = 0;
    UPDATE artifacts SET size_bytes = id * 7919 % 65537, tokens = id % 13, host = iif(id % 6 = 0, 'codex', host);
    UPDATE descriptions SET diagnostics = iif(id % 2 = 0, '[["a"],["b","c"]]', '[["a"]]') WHERE id % 5 = 0;
    INSERT INTO artifact_text (rowid, name, description, tags)
      SELECT a.id, a.name, m.description, m.tags FROM artifacts a JOIN artifact_metadata m ON m.artifact_id = a.id`)
  refreshVocabulary(db)
  daemon.ctx.refresher.considerFilled()
  return daemon
}

type Row = Record<(typeof artifactColumns)[number], string | number | null>
type Params = ParamsOf<'artifacts.table'>

async function table(
  daemon: TestDaemon,
  params: Params,
): Promise<{ rows: Row[] } & Omit<ResultOf<'artifacts.table'>, 'rows'>> {
  const { columns, rows, ...rest } = await daemon.call('artifacts.table', params)
  const named = rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])) as Row)
  return { ...rest, columns, rows: named }
}

const ids = (rows: readonly Row[]): unknown[] => rows.map((row) => row.id)
const lower = (text: Row[keyof Row]): string => String(text).toLowerCase()
const attention = ['outdated', 'diverged', 'modified', 'unknown', 'untracked', 'current']

/** What rows are ordered by; those of equal values stay by name. */
const sortValues: Record<Exclude<NonNullable<Params['sort']>, 'relevance'>, (row: Row) => string | number> = {
  name: (row) => lower(row.name),
  type: (row) => String(row.type),
  project: (row) => (row.projectName === null ? '' : lower(row.projectName)),
  state: (row) => attention.indexOf(String(row.state)),
  updated: (row) => Number(row.updatedAt),
  size: (row) => Number(row.sizeBytes),
  tokens: (row) => Number(row.tokens),
}
const sorts = Object.keys(sortValues) as Array<keyof typeof sortValues>

describe('artifacts.table', () => {
  it.each([
    ['times that all differ', 'id'],
    ['times that many share', 'id % 7'],
    ['a time that all share', '5'],
  ])('brings the first rows by time in the order of all of them: %s', async (_, time) => {
    const daemon = await startLarge(5, 600)
    daemon.ctx.db.exec(`UPDATE artifacts SET modified_at = ${time}`)
    for (const descending of [true, false]) {
      const order = { sort: 'updated', descending } as const
      // A filter that leaves everything has the order made in memory.
      const all = await table(daemon, { ...order, outdated: false, limit: 10_000 })
      const rest = await table(daemon, { ...order, outdated: true, limit: 10_000 })
      const expected = ids(
        [...all.rows, ...rest.rows].toSorted((a, b) => {
          const byTime = Number(a.updatedAt) - Number(b.updatedAt)
          return (descending ? -byTime : byTime) || (String(a.name) < String(b.name) ? -1 : 1)
        }),
      )
      const paged: unknown[] = []
      for (const offset of [0, 200, 1_900, 2_900]) {
        const { rows, total } = await table(daemon, { ...order, offset, limit: 200 })
        expect(total).toBe(3_000)
        paged.push(...ids(rows))
      }
      const shown = [expected.slice(0, 400), expected.slice(1_900, 2_100), expected.slice(2_900)].flat()
      expect(paged).toEqual(shown)
      const first = await table(daemon, { ...order, limit: 150 })
      const next = await table(daemon, { ...order, limit: 150, cursor: first.nextCursor ?? '' })
      expect([...ids(first.rows), ...ids(next.rows)]).toEqual(expected.slice(0, 300))
    }
  })

  it('tells of each artifact what artifacts.list and artifacts.show do', async () => {
    const daemon = await startSample()
    const { rows } = await table(daemon, { limit: 1_000 })
    const { items } = await daemon.call('artifacts.list', { limit: 1_000 })
    for (const [at, item] of items.entries()) {
      const shown = await daemon.call('artifacts.show', { name: item.id })
      expect(rows[at]).toEqual({
        id: item.id,
        name: item.name,
        type: item.type,
        scope: item.scope,
        projectId: item.project?.id ?? null,
        source: item.source,
        deployedVersion: item.deployedVersion,
        upstreamVersion: item.upstreamVersion,
        isOutdated: Number(item.isOutdated),
        localModified: Number(item.localModified),
        sizeBytes: item.sizeBytes,
        tokens: item.tokens,
        updatedAt: item.updatedAt,
        projectName: item.project?.name ?? null,
        host: shown.host,
        state: shown.state,
        problems: item.diagnostics.length,
      })
    }
    const states = new Set(rows.map((row) => row.state))
    expect(states).toContain('untracked')
    expect(states).toContain('outdated')
    expect(rows.some((row) => Number(row.problems) > 0)).toBe(true)
  })

  it.each(sorts)(
    'by %s, either way: ordered, equal ones by name, every offset a part of the whole',
    async (sort) => {
      const daemon = await startLarge(20, 50)
      const byName = (await table(daemon, { limit: 10_000 })).rows
      const value = sortValues[sort]
      for (const descending of [false, true]) {
        const whole = await table(daemon, { sort, descending, limit: 10_000 })
        const compare = (a: Row, b: Row): number => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0)
        // Sorting is stable, so equal ones keep the order of names; names themselves are turned round with their uids.
        const expected =
          sort === 'name' && descending
            ? byName.toReversed()
            : byName.toSorted((a, b) => (descending ? compare(b, a) : compare(a, b)))
        // Projects of one name are told apart by their ids, which a row does not compare.
        if (sort === 'project') {
          expect(whole.rows.map(value)).toEqual(expected.map(value))
          expect(ids(whole.rows).toSorted()).toEqual(ids(expected).toSorted())
        } else expect(ids(whole.rows)).toEqual(ids(expected))
        for (const [offset, limit] of [
          [0, 10],
          [1, 1],
          [399, 201],
          [990, 200],
          [1_000, 5],
          [5_000, 5],
        ] as const) {
          const part = await table(daemon, { sort, descending, offset, limit })
          expect(ids(part.rows)).toEqual(ids(whole.rows.slice(offset, offset + limit)))
          expect(part.total).toBe(1_000)
        }
      }
    },
  )

  it('takes any filter with any order and offset', async () => {
    const daemon = await startLarge(10, 60)
    const all = (await table(daemon, { limit: 10_000 })).rows
    const tags = new Map(
      (await daemon.call('artifacts.list', { limit: 10_000 })).items.map((item) => [item.id, item.tags]),
    )
    const filters = fc.record(
      {
        project: fc.constantFrom(
          ...new Set(all.flatMap((row) => (row.projectId ? [String(row.projectId)] : []))),
        ),
        type: fc.constantFrom('skill', 'agent', 'hook', 'workflow'),
        scope: fc.constantFrom('project', 'user', 'plugin', 'collection'),
        host: fc.constantFrom('claude-code', 'codex', 'none'),
        state: fc.constantFrom('outdated', 'current', 'untracked', 'unknown'),
        problems: fc.boolean(),
        outdated: fc.boolean(),
        modified: fc.boolean(),
        tag: fc.constantFrom('tag-3', 'all', 'none'),
        source: fc.constantFrom('REPO-1', 'github:', 'none'),
      },
      { requiredKeys: [] },
    )
    const matches = (row: Row, f: Record<string, unknown>): boolean =>
      (f.project === undefined || row.projectId === f.project) &&
      ['type', 'scope', 'host', 'state'].every(
        (key) => f[key] === undefined || row[key as keyof Row] === f[key],
      ) &&
      (f.problems === undefined || Number(row.problems) > 0 === f.problems) &&
      (f.outdated === undefined || row.isOutdated === Number(f.outdated)) &&
      (f.modified === undefined || row.localModified === Number(f.modified)) &&
      (f.tag === undefined || tags.get(String(row.id))?.includes(String(f.tag)) === true) &&
      (f.source === undefined || lower(row.source ?? '').includes(lower(String(f.source))))
    await fc.assert(
      fc.asyncProperty(
        filters,
        fc.constantFrom(...sorts),
        fc.boolean(),
        fc.nat(50),
        async (f, sort, descending, offset) => {
          const expected = all.filter((row) => matches(row, f))
          const whole = await table(daemon, { ...f, sort, descending, limit: 10_000 } as Params)
          expect(ids(whole.rows).toSorted()).toEqual(ids(expected).toSorted())
          expect(whole.rows.map(sortValues[sort])).toEqual(
            expected
              .map(sortValues[sort])
              .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0) * (descending ? -1 : 1)),
          )
          const part = await table(daemon, { ...f, sort, descending, offset, limit: 7 } as Params)
          expect(ids(part.rows)).toEqual(ids(whole.rows.slice(offset, offset + 7)))
          expect(part.total).toBe(expected.length)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('pages by cursor through any order, also where the last row has gone', async () => {
    const daemon = await startLarge(5, 60)
    const whole = await table(daemon, { sort: 'size', descending: true, limit: 10_000 })
    const seen: unknown[] = []
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof table>> = await table(daemon, {
        sort: 'size',
        descending: true,
        limit: 67,
        ...(cursor && { cursor }),
      })
      seen.push(...ids(page.rows))
      cursor = page.nextCursor
    } while (cursor)
    expect(seen).toEqual(ids(whole.rows))

    const first = await table(daemon, { sort: 'size', limit: 10 })
    const last = Buffer.from(String(first.rows.at(-1)?.id).slice(4), 'hex')
    daemon.ctx.db.runSql('DELETE FROM artifacts WHERE uid = ?', last)
    const second = await table(daemon, { sort: 'size', limit: 10, cursor: first.nextCursor as string })
    expect(second.rows).toHaveLength(10)
    expect(second.total).toBe(299)
  })

  it('refuses a cursor of another question, and one together with an offset', async () => {
    const daemon = await startLarge(2, 60)
    const { nextCursor: cursor } = await table(daemon, { sort: 'size', limit: 10 })
    for (const params of [{ sort: 'tokens' }, { sort: 'size', type: 'skill' }, { sort: 'size', offset: 10 }])
      await expect(daemon.call('artifacts.table', { ...params, cursor } as Params)).rejects.toMatchObject({
        slug: 'page.bad_cursor',
      })
  })

  it('finds what artifacts.search finds, the best first, with offsets', async () => {
    const daemon = await startSample()
    for (const query of [
      'review',
      'code',
      'revew',
      'the',
      'postgres',
      '"code review"',
      'nothing of that',
      '-',
    ]) {
      const found = await daemon.call('artifacts.search', { query, limit: 200 })
      const { rows, total } = await table(daemon, { query, limit: 1_000 })
      expect(ids(rows), query).toEqual(found.items.map((item) => item.id))
      expect(total).toBe(found.total)
      const part = await table(daemon, { query, offset: 1, limit: 2 })
      expect(ids(part.rows)).toEqual(ids(rows.slice(1, 3)))
      const byName = await table(daemon, { query, sort: 'name', limit: 1_000 })
      expect(byName.rows.map((row) => lower(row.name))).toEqual(rows.map((row) => lower(row.name)).toSorted())
    }
  })

  it('finds all hits of a frequent word, as often as it is there', async () => {
    const daemon = await startLarge(30, 100)
    const { total, rows } = await table(daemon, { query: 'says', limit: 10_000 })
    expect(total).toBe(3_000)
    expect(new Set(ids(rows)).size).toBe(3_000)
    const shared = await table(daemon, { query: 'shared', type: 'skill', limit: 10_000 })
    const names = (await table(daemon, { type: 'skill', limit: 10_000 })).rows.filter((row) =>
      lower(row.name).startsWith('shared'),
    )
    expect(ids(shared.rows).toSorted()).toEqual(ids(names).toSorted())
  })

  it('reads thousands in turns, and leaves none out', async () => {
    const daemon = await startLarge(30, 300)
    const byName = await daemon.call('artifacts.table', { limit: 10_000 })
    const ids = (rows: readonly unknown[][]): unknown[] => rows.map(([id]) => id)
    const { rows, total } = await daemon.call('artifacts.table', { sort: 'name', offset: 1, limit: 10_000 })
    expect(total).toBe(9_000)
    expect(ids(rows)).toEqual(ids(byName.rows).slice(1))
    const facets = await daemon.call('artifacts.facets', {})
    const sums = daemon.ctx.db.getSql<{ n: number; size: number; tokens: number }>(
      'SELECT count(*) AS n, sum(size_bytes) AS size, sum(tokens) AS tokens FROM artifacts',
    )
    expect(facets).toMatchObject({ total: sums?.n, sizeBytes: sums?.size, tokens: sums?.tokens })
  })

  it('sees what was written since the last answer', async () => {
    const daemon = await start({
      prepare: ({ write }) => void write('.claude/skills/a/SKILL.md', skill('a')),
    })
    const names = async () => (await table(daemon, { sort: 'tokens' })).rows.map((row) => row.name)
    expect(await names()).toEqual(['a'])
    daemon.write('.claude/skills/b/SKILL.md', skill('b', 'Long. '.repeat(100)))
    await daemon.call('cache.refresh', { force: true })
    expect(await names()).toEqual(['a', 'b'])
    daemon.remove('.claude/skills/a')
    await daemon.call('cache.refresh', { force: true })
    expect(await names()).toEqual(['b'])
  })
})

describe('artifacts.facets', () => {
  it('counts as one would by hand, each value as if its own part of the filter were not given', async () => {
    const daemon = await startLarge(10, 60)
    const { rows: all } = await table(daemon, { limit: 10_000 })
    const columns = { types: 'type', scopes: 'scope', states: 'state', hosts: 'host' } as const
    const filters = fc.record(
      {
        type: fc.constantFrom('skill', 'agent', 'workflow'),
        scope: fc.constantFrom('project', 'plugin'),
        state: fc.constantFrom('outdated', 'untracked'),
        host: fc.constantFrom('claude-code', 'codex'),
        problems: fc.boolean(),
        outdated: fc.boolean(),
      },
      { requiredKeys: [] },
    )
    const matching = (f: Record<string, unknown>): Row[] =>
      all.filter(
        (row) =>
          Object.values(columns).every((key) => f[key] === undefined || row[key] === f[key]) &&
          (f.problems === undefined || Number(row.problems) > 0 === f.problems) &&
          (f.outdated === undefined || row.isOutdated === Number(f.outdated)),
      )
    await fc.assert(
      fc.asyncProperty(filters, async (f) => {
        const facets = await daemon.call('artifacts.facets', f as ParamsOf<'artifacts.facets'>)
        const found = matching(f)
        expect(facets).toMatchObject({
          total: found.length,
          sizeBytes: found.reduce((sum, row) => sum + Number(row.sizeBytes), 0),
          tokens: found.reduce((sum, row) => sum + Number(row.tokens), 0),
          problems: matching({ ...f, problems: true }).length,
        })
        for (const [facet, key] of Object.entries(columns) as Array<['types', 'type']>) {
          const counts = new Map<string, number>()
          for (const row of matching({ ...f, [key]: undefined }))
            counts.set(String(row[key]), (counts.get(String(row[key])) ?? 0) + 1)
          expect(new Map(facets[facet].map(({ value, count }) => [value as string, count]))).toEqual(counts)
          const order = facets[facet].map(({ count }) => count)
          expect(order).toEqual(order.toSorted((a, b) => b - a))
        }
      }),
      { numRuns: 100 },
    )
  })

  it('counts within a project, a tag and words', async () => {
    const daemon = await startSample()
    for (const filter of [
      { project: 'webshop' },
      { tag: 'sample' },
      { query: 'review' },
      { source: 'local' },
    ]) {
      const { total, types, tokens } = await daemon.call('artifacts.facets', filter)
      const { rows } = await table(daemon, { ...filter, limit: 1_000 })
      expect(total).toBe(rows.length)
      expect(total).toBeGreaterThan(0)
      expect(tokens).toBe(rows.reduce((sum, row) => sum + Number(row.tokens), 0))
      expect(new Set(types.map(({ value }) => value))).toEqual(new Set(rows.map((row) => row.type)))
    }
  })

  it('has nothing to count in an empty cache', async () => {
    const daemon = await start()
    expect(await daemon.call('artifacts.facets', {})).toEqual({
      total: 0,
      sizeBytes: 0,
      tokens: 0,
      types: [],
      scopes: [],
      states: [],
      hosts: [],
      problems: 0,
    })
  })
})
