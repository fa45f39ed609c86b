import { existsSync } from 'node:fs'
import { normalize } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeSampleHome } from '../../../../client-cli/demo/sample-home.ts'
import type { ParamsOf, ResultOf } from '../../../../protocol/methods.ts'
import { fillWithArtifacts } from '../../../support/many-artifacts.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const startSample = () => start({ prepare: ({ home }) => void writeSampleHome(home) })
type Item = ResultOf<'artifacts.list'>['items'][number]
const names = (items: ReadonlyArray<{ name: string }>): string[] => items.map((item) => item.name)

/** Every page of a list, one after the other. */
async function allPages(daemon: TestDaemon, params: ParamsOf<'artifacts.list'>): Promise<Item[][]> {
  const pages: Item[][] = []
  let cursor: string | null | undefined
  do {
    const page = await daemon.call('artifacts.list', { ...params, ...(cursor && { cursor }) })
    pages.push(page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return pages
}

describe('artifacts.list (CACHE-1.4b, CACHE-2.1a)', () => {
  it('lists everything by name, in any letter case, with all that is known', async () => {
    const daemon = await startSample()
    const { items, total, nextCursor } = await daemon.call('artifacts.list', { limit: 1_000 })
    expect(total).toBe(items.length)
    expect(nextCursor).toBeNull()
    const lower = names(items).map((name) => name.toLowerCase())
    expect(lower).toEqual(lower.toSorted())
    const skillInShop = items.find((item) => item.name === 'code-review' && item.scope === 'project')
    expect(skillInShop).toMatchObject({
      id: expect.stringMatching(/^art_[0-9a-f]{16}$/),
      type: 'skill',
      project: { name: 'webshop', path: `${daemon.home}/projects/webshop` },
      path: `${daemon.home}/projects/webshop/.claude/skills/code-review`,
      isOutdated: false,
      localModified: true,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      tokens: expect.any(Number),
    })
    const server = items.find((item) => item.type === 'mcp' && item.name === 'postgres')
    expect(server?.path).toBe(`${daemon.home}/projects/webshop/.mcp.json`)
    for (const { path } of items) expect(existsSync(path) && normalize(path) === path, path).toBe(true)
  })

  it.each<[ParamsOf<'artifacts.list'>, (item: Item) => boolean]>([
    [{ type: 'skill' }, (item) => item.type === 'skill'],
    [{ scope: 'user' }, (item) => item.scope === 'user'],
    [{ scope: 'project' }, (item) => item.scope === 'project'],
    [{ scope: 'collection' }, (item) => item.scope === 'collection'],
    [{ project: 'webshop' }, (item) => item.project?.name === 'webshop'],
    [{ project: 'webshop', type: 'mcp' }, (item) => item.project?.name === 'webshop' && item.type === 'mcp'],
    [{ outdated: true }, (item) => item.isOutdated],
    [{ outdated: false }, (item) => !item.isOutdated],
    [{ modified: true }, (item) => item.localModified],
    [{ modified: false, type: 'skill' }, (item) => !item.localModified && item.type === 'skill'],
    [{ tag: 'sample' }, (item) => item.tags.includes('sample')],
    [{ tag: 'SAMPLE', type: 'skill' }, (item) => item.tags.includes('sample') && item.type === 'skill'],
    [{ source: 'collection:default' }, (item) => item.source?.includes('collection:default') === true],
    [{ source: 'LOCAL' }, (item) => item.source?.includes('local') === true],
    [{ type: 'workflow' }, () => false],
    [{ tag: 'sampl' }, () => false],
    [{ tag: '%' }, () => false],
    [{ source: '_' }, (item) => item.source?.includes('_') === true],
  ])('with %j lists what matches, in both orders, and counts it', async (filter, matches) => {
    const daemon = await startSample()
    const everything = (await daemon.call('artifacts.list', { limit: 1_000 })).items
    for (const sort of ['name', 'updated'] as const) {
      const { items, total } = await daemon.call('artifacts.list', { ...filter, sort, limit: 1_000 })
      expect(names(items).sort()).toEqual(names(everything.filter(matches)).sort())
      expect(total).toBe(items.length)
    }
  })

  it.each(['"', "'", '***', '😀', 'a\0b', 'a,b', 'NEAR(', '-', ' ', 'x'.repeat(200)])(
    'takes any text as a tag: %j',
    async (tag) => {
      const daemon = await startSample()
      expect(await daemon.call('artifacts.list', { tag })).toMatchObject({ items: [], total: 0 })
    },
  )

  it('finds a tag of any script exactly', async () => {
    const daemon = await start({
      prepare: ({ write }) =>
        void write(
          '.claude/skills/a/SKILL.md',
          skill('a', 'Text.', 'tags: [c++, naïve, "two words", 日本語, 100%, "🚀"]\n'),
        ),
    })
    for (const tag of ['c++', 'naïve', 'two words', '日本語', '100%', '🚀'])
      expect((await daemon.call('artifacts.list', { tag })).total, tag).toBe(1)
    for (const tag of ['c', 'two', '100', '日本'])
      expect((await daemon.call('artifacts.list', { tag })).total, tag).toBe(0)
  })

  it('lists newest first by change, and keeps the order of names that are equal', async () => {
    const daemon = await startSample()
    const { items } = await daemon.call('artifacts.list', { sort: 'updated', limit: 1_000 })
    const times = items.map((item) => item.updatedAt)
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    const memory = await daemon.call('artifacts.list', { type: 'memory', limit: 1_000 })
    const again = await daemon.call('artifacts.list', { type: 'memory', limit: 1_000 })
    expect(again).toEqual(memory)
    expect(names(memory.items).filter((name) => name === 'CLAUDE.md')).toHaveLength(3)
  })

  it('pages through everything without repeating or losing a row, by any size, order and filter', async () => {
    const daemon = await start()
    fillWithArtifacts(daemon.ctx.db, 10, 60)
    daemon.ctx.refresher.considerFilled()
    const filters: ParamsOf<'artifacts.list'>[] = [
      {},
      { type: 'skill' },
      { scope: 'project' },
      { scope: 'user' },
      { project: '/home/dev/project-3' },
      { outdated: true },
      { modified: true, type: 'skill' },
      { tag: 'tag-3' },
      { source: 'repo-3' },
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...filters),
        fc.constantFrom('name' as const, 'updated' as const),
        fc.integer({ min: 1, max: 300 }),
        async (filter, sort, limit) => {
          const whole = await daemon.call('artifacts.list', { ...filter, sort, limit: 10_000 })
          const pages = await allPages(daemon, {
            ...filter,
            sort,
            limit: Math.max(limit, whole.total / 20) | 0 || 1,
          })
          expect(pages.flat()).toEqual(whole.items)
          expect(whole.items).toHaveLength(whole.total)
          expect(new Set(whole.items.map((item) => item.id)).size).toBe(whole.total)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('neither repeats nor loses what stays, when rows come and go between two pages', async () => {
    const daemon = await start()
    fillWithArtifacts(daemon.ctx.db, 4, 30)
    daemon.ctx.refresher.considerFilled()
    const before = (await daemon.call('artifacts.list', { limit: 1_000 })).items
    const first = await daemon.call('artifacts.list', { limit: 50 })
    const gone = [before[10], before[80]] as Item[]
    for (const { id } of gone)
      daemon.ctx.db.runSql('DELETE FROM artifacts WHERE uid = ?', Buffer.from(id.slice(4), 'hex'))
    const rest = await daemon.call('artifacts.list', { limit: 1_000, cursor: first.nextCursor as string })
    const seen = [...first.items, ...rest.items].map((item) => item.id)
    expect(seen).toEqual(before.filter((item) => item !== before[80]).map((item) => item.id))
    expect(rest.total).toBe(before.length - 2)
  })

  it('refuses a cursor of another question, and one that was made up', async () => {
    const daemon = await startSample()
    const { nextCursor } = await daemon.call('artifacts.list', { limit: 1 })
    const cursor = nextCursor as string
    for (const params of [
      { cursor, type: 'skill' as const },
      { cursor, sort: 'updated' as const },
      { cursor: 'made-up' },
      { cursor: '' },
    ]) {
      await expect(daemon.call('artifacts.list', params)).rejects.toMatchObject({ slug: 'page.bad_cursor' })
    }
  })
})

describe('artifacts.table', () => {
  it('has the rows of the list as columns, page by page', async () => {
    const daemon = await startSample()
    const { items } = await daemon.call('artifacts.list', { limit: 1_000 })
    const first = await daemon.call('artifacts.table', { limit: 7 })
    const rest = await daemon.call('artifacts.table', { limit: 1_000, cursor: first.nextCursor as string })
    const column = (name: (typeof first.columns)[number]): unknown[] =>
      [...first.rows, ...rest.rows].map((row) => row[first.columns.indexOf(name)])
    expect(column('id')).toEqual(items.map((item) => item.id))
    expect(column('projectId')).toEqual(items.map((item) => item.project?.id ?? null))
    expect(column('isOutdated')).toEqual(items.map((item) => Number(item.isOutdated)))
    expect(column('updatedAt')).toEqual(items.map((item) => item.updatedAt))
    expect(rest).toMatchObject({ total: items.length, nextCursor: null })
  })
})

describe('artifacts.show (CACHE-1.3b)', () => {
  it('shows one artifact with what it says of itself and its other places', async () => {
    const daemon = await startSample()
    const shown = await daemon.call('artifacts.show', { name: 'code-review', scope: 'project' })
    const [listed] = (
      await daemon.call('artifacts.list', { project: 'webshop', type: 'skill' })
    ).items.filter((item) => item.name === 'code-review')
    expect(shown).toMatchObject({
      ...listed,
      host: 'claude-code',
      fragment: null,
      alsoInTotal: 1,
      alsoIn: [{ scope: 'collection', project: null, same: false }],
    })
    expect(await daemon.call('artifacts.show', { name: shown.id })).toEqual(shown)
  })

  it('prefers the name as it is spelt, and takes any letter case otherwise', async () => {
    const daemon = await start({
      prepare: ({ write }) => {
        write('.claude/skills/Deploy/SKILL.md', skill('Deploy', 'Upper.'))
        write('.agents/skills/deploy/SKILL.md', skill('deploy', 'Lower.'))
      },
    })
    expect(await daemon.call('artifacts.show', { name: 'deploy' })).toMatchObject({ description: 'Lower.' })
    expect(await daemon.call('artifacts.show', { name: 'Deploy' })).toMatchObject({ description: 'Upper.' })
    expect(await daemon.call('artifacts.show', { name: 'DEPLOY' })).toMatchObject({ alsoInTotal: 1 })
  })

  it.each([
    ['skill', 'skills/x/SKILL.md', 'user'],
    ['agent', 'agents/x.md', 'project'],
  ] as const)('of several places of a %s shows the one in effect', async (type, file, scope) => {
    const daemon = await start({
      prepare: ({ write }) => {
        for (const folder of ['', 'projects/shop/'])
          write(`${folder}.claude/${file}`, skill('x', `In ${folder}`))
        write('projects/shop/CLAUDE.md', '# Shop')
      },
    })
    const shown = await daemon.call('artifacts.show', { name: 'x' })
    expect(shown).toMatchObject({ type, scope, alsoInTotal: 1 })
    const other = scope === 'user' ? 'project' : 'user'
    expect(await daemon.call('artifacts.show', { name: 'x', scope: other })).toMatchObject({ scope: other })
  })

  it('asks back when a name stands for several types', async () => {
    const daemon = await start({
      prepare: ({ write }) => {
        write('.claude/skills/deploy/SKILL.md', skill('deploy'))
        write('.claude/commands/deploy.md', 'Deploy it.')
      },
    })
    await expect(daemon.call('artifacts.show', { name: 'deploy' })).rejects.toMatchObject({
      slug: 'artifact.ambiguous',
      details: { candidates: expect.arrayContaining(['skill', 'command']) },
    })
    expect(await daemon.call('artifacts.show', { name: 'deploy', type: 'command' })).toMatchObject({
      type: 'command',
    })
  })

  it.each(['nothing', '', 'art_0000000000000000', 'a\0b', "' OR 1=1 --"].filter((name) => name !== ''))(
    'reports that there is no %j',
    async (name) => {
      const daemon = await startSample()
      await expect(daemon.call('artifacts.show', { name })).rejects.toMatchObject({
        slug: 'artifact.not_found',
      })
    },
  )
})

describe('artifacts.where', () => {
  it('lists every place of a name with its content, page by page', async () => {
    const daemon = await startSample()
    const all = await daemon.call('artifacts.where', { name: 'claude.md' })
    expect(all).toMatchObject({ total: 3, variants: 3, nextCursor: null })
    expect(all.items.map((item) => item.project?.name ?? null).sort()).toEqual(['notes', null, 'webshop'])
    const first = await daemon.call('artifacts.where', { name: 'claude.md', limit: 2 })
    const rest = await daemon.call('artifacts.where', {
      name: 'claude.md',
      limit: 2,
      cursor: first.nextCursor as string,
    })
    expect([...first.items, ...rest.items]).toEqual(all.items)
    await expect(daemon.call('artifacts.where', { name: 'claude.md', type: 'skill' })).rejects.toMatchObject({
      slug: 'artifact.not_found',
    })
  })
})

describe('artifacts.validate', () => {
  it('checks files against a profile, without the cache', async () => {
    const daemon = await startSample()
    const result = await daemon.call('artifacts.validate', { path: `${daemon.home}/projects/data-pipeline` })
    expect(result.total).toBeGreaterThan(0)
    expect(result.failed).toBe(result.items.filter((item) => !item.ok).length)
    expect(daemon.ctx.refresher.filled).toBe(false)
  })
})
