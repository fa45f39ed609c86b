import { describe, expect, it } from 'vitest'
import { findDuplicatesCommand } from '../../../client-cli/commands/find-duplicates.ts'
import { searchCommand } from '../../../client-cli/commands/search.ts'
import { similarCommand } from '../../../client-cli/commands/similar.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import { runWithFakeClient } from '../../support/fake-client.ts'

const artifact = {
  id: 'art_00000000000000aa',
  name: 'ship',
  type: 'skill',
  scope: 'project',
  project: { id: 'prj_00000000000000aa', name: 'web', path: '/home/me/web' },
  path: '/home/me/web/.claude/skills/ship',
} as ResultOf<'artifacts.get'>

describe('smd search --content', () => {
  const found: ResultOf<'contents.search'> = {
    items: [
      {
        artifact,
        copies: 3,
        score: 12,
        files: [
          { path: 'release.sh', lines: [{ line: 3, text: 'gh pr \u001b[31mcreate' }] },
          { path: 'SKILL.md', lines: [] },
        ],
      },
    ],
    total: 7,
    totalIsExact: false,
  }

  it('prints each content once, with its lines, and nothing a terminal would obey', async () => {
    const { terminal, done } = runWithFakeClient(
      searchCommand,
      { query: ['gh', 'pr'], content: true },
      { 'contents.search': found },
    )
    expect(await done).toBe(0)
    expect(terminal.stdout()).toContain('ship (skill, web, and 2 more of the same)\n')
    expect(terminal.stdout()).toMatch(/ {2}release\.sh:3: gh pr .*create\n {2}SKILL\.md\n/)
    expect(terminal.stdout()).not.toContain('\u001b[31m')
    expect(terminal.stderr()).toContain('1 of at least 7 contents shown.')
  })

  it('takes the words of SkillMeat for what is searched, one or both', async () => {
    const named: ResultOf<'artifacts.search'> = {
      items: [],
      total: 0,
      totalIsExact: true,
      correctedQuery: null,
    }
    const run = (kind: 'metadata' | 'content' | 'both', json = false) =>
      runWithFakeClient(
        searchCommand,
        { query: ['gh'], 'search-type': kind },
        { 'contents.search': found, 'artifacts.search': named },
        { json },
      )
    const asked = async (kind: 'metadata' | 'content' | 'both') => {
      const { calls, done } = run(kind)
      await done
      return calls.map(([method]) => method)
    }
    expect(await asked('metadata')).toEqual(['artifacts.search'])
    expect(await asked('content')).toEqual(['contents.search'])
    const both = run('both')
    await both.done
    expect(both.calls).toEqual([
      ['artifacts.search', { query: 'gh', limit: 50, sort: 'relevance' }],
      ['contents.search', { query: 'gh', limit: 50, excerpts: true }],
    ])
    expect(both.terminal.stderr()).toContain('Nothing is called, or described as, "gh".')
    expect(both.terminal.stdout()).toContain('ship (skill, web, and 2 more of the same)\n')
    const json = run('both', true)
    await json.done
    expect(JSON.parse(json.terminal.stdout())).toMatchObject({
      schema: 1,
      total: 0,
      contents: { total: 7, items: [{ copies: 3 }] },
    })
  })

  it('says when nothing was found, and prints one object with --json', async () => {
    const none = { items: [], total: 0, totalIsExact: true }
    const plain = runWithFakeClient(
      searchCommand,
      { query: ['x'], content: true },
      { 'contents.search': none },
    )
    await plain.done
    expect(plain.terminal.stderr()).toContain('No file holds "x".')
    const json = runWithFakeClient(
      searchCommand,
      { query: ['x'], content: true },
      { 'contents.search': found },
      { json: true },
    )
    await json.done
    expect(JSON.parse(json.terminal.stdout())).toMatchObject({ schema: 1, total: 7 })
  })
})

describe('smd similar', () => {
  it('prints how alike others are', async () => {
    const found: ResultOf<'contents.similar'> = {
      artifact,
      items: [{ artifact, copies: 2, likeness: 0.914 }],
    }
    const { terminal, done } = runWithFakeClient(
      similarCommand,
      { name: 'ship', min: '0.5' },
      { 'contents.similar': found },
    )
    expect(await done).toBe(0)
    expect(terminal.stdout()).toMatch(/91 %\s+ship\s+skill\s+web\s+2/)
  })

  it('says when nothing is like it', async () => {
    const { terminal, done } = runWithFakeClient(
      similarCommand,
      { name: 'ship' },
      { 'contents.similar': { artifact, items: [] } },
    )
    await done
    expect(terminal.stderr()).toContain('Nothing is like ship.')
  })
})

describe('smd find-duplicates', () => {
  it('prints what belongs together', async () => {
    const other = { ...artifact, name: 'ship-it', path: '/home/me/api/.claude/skills/ship-it' }
    const items = [
      { artifact, copies: 3 },
      { artifact: other, copies: 1 },
    ]
    const found: ResultOf<'contents.duplicates'> = {
      groups: [
        { kind: 'same', likeness: 1, type: 'skill', items },
        { kind: 'similar', likeness: 0.87, type: 'skill', items },
      ],
      total: 5,
    }
    const { terminal, done } = runWithFakeClient(findDuplicatesCommand, {}, { 'contents.duplicates': found })
    expect(await done).toBe(0)
    expect(terminal.stdout()).toBe(
      [
        'The same skill under several names:',
        '  ship  /home/me/web/.claude/skills/ship  and 2 more',
        '  ship-it  /home/me/api/.claude/skills/ship-it',
        '87 % alike (skill):',
        '  ship  /home/me/web/.claude/skills/ship  and 2 more',
        '  ship-it  /home/me/api/.claude/skills/ship-it',
        '',
      ].join('\n'),
    )
    expect(terminal.stderr()).toContain('2 of 5 groups shown.')
  })

  it('says when nothing stands twice', async () => {
    const { terminal, done } = runWithFakeClient(
      findDuplicatesCommand,
      {},
      { 'contents.duplicates': { groups: [], total: 0 } },
    )
    await done
    expect(terminal.stderr()).toContain('Nothing stands twice.')
  })
})
