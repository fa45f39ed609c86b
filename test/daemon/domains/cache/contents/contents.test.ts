import { chmodSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { skill, useTestDaemon } from '../../../../support/test-daemon.ts'

const long = (first: string, end = ''): string =>
  `${skill(first)}\n${Array.from({ length: 60 }, (_, i) => `Step ${i}: look at part ${i * 7} of ${first} and say what ${i % 5} means.`).join('\n')}\n${end}`

describe('contents.search', () => {
  const start = useTestDaemon()

  it('finds words in every text file of an artifact, and tells file and line', async () => {
    const { call } = await start({
      prepare({ write }) {
        write('src/p/.claude/skills/ship/SKILL.md', skill('ship'))
        write('src/p/.claude/skills/ship/scripts/release.sh', '#!/bin/sh\nset -e\ngh pr create --fill\n')
        write('src/p/.claude/commands/other.md', 'Create a PR by hand.\n')
      },
    })
    const found = await call('contents.search', { query: 'gh pr crea', excerpts: true })
    expect(found).toMatchObject({
      items: [
        {
          artifact: { name: 'ship' },
          copies: 1,
          files: [{ path: 'scripts/release.sh', lines: [{ line: 3, text: 'gh pr create --fill' }] }],
        },
      ],
      total: 1,
      totalIsExact: true,
    })
    expect((await call('contents.search', { query: '"pr by hand"' })).items).toMatchObject([
      { artifact: { name: 'other', type: 'command' }, files: [{ path: 'other.md', lines: [] }] },
    ])
  })

  it('counts a content once, whatever its copies, and filters like any list', async () => {
    const { call } = await start({
      prepare({ write }) {
        for (const project of ['a', 'b', 'c'])
          write(`src/${project}/.claude/skills/x/SKILL.md`, skill('x', 'Has zebras.'))
        write('.claude/skills/y/SKILL.md', skill('y', 'Also zebras.'))
      },
    })
    const all = await call('contents.search', { query: 'zebras' })
    expect(all.total).toBe(2)
    expect(all.items.map(({ artifact, copies }) => [artifact.name, copies]).sort()).toEqual([
      ['x', 3],
      ['y', 1],
    ])
    const one = await call('contents.search', { query: 'zebras', project: 'b' })
    expect(one.items).toMatchObject([{ artifact: { project: { name: 'b' } }, copies: 1 }])
    expect((await call('contents.search', { query: 'zebras', limit: 1, offset: 1 })).items).toHaveLength(1)
    expect((await call('contents.search', { query: '--- !' })).items).toEqual([])
  })

  it('keeps its own of what answers share: the matrix reads names and contents, too', async () => {
    const { call } = await start({
      prepare: ({ write }) => void write('src/p/.claude/skills/x/SKILL.md', skill('x', 'Zebra.')),
    })
    await call('contents.search', { query: 'zebra' })
    expect((await call('artifacts.matrix', {})).rows).toMatchObject([{ name: 'x' }])
    expect((await call('contents.search', { query: 'zebra' })).total).toBe(1)
  })

  it('knows what has changed since, and no longer what is gone', async () => {
    const { call, write, remove, ctx } = await start({
      prepare: ({ write }) => void write('src/p/.claude/skills/x/SKILL.md', skill('x', 'Old walrus.')),
    })
    expect((await call('contents.search', { query: 'walrus' })).total).toBe(1)
    write('src/p/.claude/skills/x/SKILL.md', skill('x', 'New penguin.'))
    await call('cache.refresh', { force: true })
    expect((await call('contents.search', { query: 'penguin' })).total).toBe(1)
    expect((await call('contents.search', { query: 'walrus' })).total).toBe(0)
    expect(ctx.db.valueSql('SELECT count(*) FROM contents')).toBe(1)
    remove('src/p/.claude/skills/x')
    write('src/p/.claude/skills/y/SKILL.md', skill('y', 'Another.'))
    await call('cache.refresh', { force: true })
    expect((await call('contents.search', { query: 'penguin' })).total).toBe(0)
    await call('cache.clear', {})
    expect(ctx.db.valueSql('SELECT count(*) FROM content_files')).toBe(0)
    expect((await call('contents.search', { query: 'another' })).total).toBe(1)
  })

  it('reads nothing through links, no environment files, nothing binary and nothing huge', async () => {
    const { call, home } = await start({
      prepare({ home, write }) {
        const outside = write('secret.txt', 'marmot\n')
        write('src/p/.claude/skills/x/SKILL.md', skill('x', 'Plain.'))
        symlinkSync(outside, join(home, 'src/p/.claude/skills/x/link.txt'))
        write('src/p/.claude/skills/x/.env', 'KEY=marmot\n')
        write('src/p/.claude/skills/x/image.bin', 'marmot\0\0')
        write('src/p/.claude/skills/x/data.txt', `${'filler '.repeat(60_000)}marmot`)
        write('src/p/.claude/skills/x/node_modules/a/index.js', 'marmot')
        chmodSync(write('src/p/.claude/skills/x/locked.md', 'plain locked'), 0o000)
      },
    })
    expect((await call('contents.search', { query: 'marmot' })).total).toBe(0)
    expect((await call('contents.search', { query: 'plain' })).total).toBe(1)
    expect(home).not.toBe('')
  })

  it('takes what was typed for words, never for the syntax of a query', async () => {
    const { call } = await start({
      prepare: ({ write }) => void write('src/p/.claude/skills/x/SKILL.md', skill('x', 'NEAR and far.')),
    })
    for (const query of ['NEAR(', 'a* OR', '"', 'x:y', 'near AND', "'; DROP TABLE contents"])
      await expect(call('contents.search', { query })).resolves.toHaveProperty('items')
    expect((await call('contents.search', { query: 'NEAR far' })).total).toBe(1)
  })
})

describe('contents.similar', () => {
  const start = useTestDaemon()
  const prepare = ({ write }: { write(path: string, content: string): unknown }): void => {
    write('src/a/.claude/skills/review/SKILL.md', long('review'))
    write('src/b/.claude/skills/review-2/SKILL.md', long('review', 'And one more line at the end.'))
    write('src/c/.claude/skills/cook/SKILL.md', skill('cook', 'Soup.'))
    write(
      'src/a/.claude/settings.json',
      '{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"true"}]}]}}',
    )
  }

  it('lists the others by how alike they are', async () => {
    const { call } = await start({ prepare })
    const found = await call('contents.similar', { name: 'review' })
    expect(found.artifact.name).toBe('review')
    expect(found.items).toMatchObject([{ artifact: { name: 'review-2' }, copies: 1 }])
    expect(found.items[0]?.likeness).toBeGreaterThan(0.85)
    const all = await call('contents.similar', { name: 'review', min: 0 })
    expect(all.items.map(({ artifact }) => artifact.name)).toEqual(['review-2', 'cook'])
    expect((await call('contents.similar', { name: 'review', min: 0, limit: 1 })).items).toHaveLength(1)
  })

  it('says so when there is no text to compare', async () => {
    const { call } = await start({ prepare })
    const { items } = await call('artifacts.list', { type: 'hook' })
    await expect(call('contents.similar', { name: items[0]?.id ?? '' })).rejects.toMatchObject({
      slug: 'artifact.no_text',
    })
    await expect(call('contents.similar', { name: 'nobody' })).rejects.toMatchObject({
      slug: 'artifact.not_found',
    })
  })
})

describe('contents.duplicates', () => {
  const start = useTestDaemon()

  it('tells one content under several names, and contents that are nearly the same', async () => {
    const { call } = await start({
      prepare({ write }) {
        write('src/a/.claude/commands/one.md', 'Do the very same thing.\n')
        write('src/b/.claude/commands/one.md', 'Do the very same thing.\n')
        write('src/b/.claude/commands/two.md', 'Do the very same thing.\n')
        write('src/a/.claude/skills/review/SKILL.md', long('review'))
        write('src/b/.claude/skills/review/SKILL.md', long('review', 'And one more line at the end.'))
        write('src/c/.claude/skills/cook/SKILL.md', skill('cook', 'Soup.'))
      },
    })
    const found = await call('contents.duplicates', {})
    expect(found.total).toBe(2)
    expect(found.groups[0]).toMatchObject({
      kind: 'same',
      likeness: 1,
      type: 'command',
      items: [
        { artifact: { name: 'one' }, copies: 2 },
        { artifact: { name: 'two' }, copies: 1 },
      ],
    })
    expect(found.groups[1]).toMatchObject({ kind: 'similar', type: 'skill' })
    expect(found.groups[1]?.items).toHaveLength(2)
    expect((await call('contents.duplicates', { threshold: 1 })).groups.map(({ kind }) => kind)).toEqual([
      'same',
    ])
    expect((await call('contents.duplicates', { type: 'skill' })).total).toBe(1)
    expect((await call('contents.duplicates', { limit: 1 })).groups).toHaveLength(1)
  })
})
