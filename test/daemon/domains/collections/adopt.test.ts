import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { skill, useTestDaemon } from '../../../support/test-daemon.ts'

describe('collections.adopt', () => {
  const start = useTestDaemon()

  it('says of each artifact why it cannot be adopted, and adopts the others', async () => {
    const { call, home, log } = await start({
      prepare({ write }) {
        write('src/api/.claude/skills/plain/SKILL.md', skill('plain'))
        write('src/api/.claude/skills/cached/SKILL.md', skill('cached'))
        // Not copied into a collection, and no part of it where it lies.
        write('src/api/.claude/skills/cached/.gitignore', 'out\n')
        write('src/api/.claude/commands/git/deep.md', 'Deep.\n')
        write('src/api/.claude/commands/flat.md', 'Flat.\n')
        write('src/api/.github/agents/other.agent.md', '---\nname: other\ndescription: Other.\n---\n')
      },
    })
    await call('collections.init', {})
    const { items, operations } = await call('collections.adopt', { project: 'api' })
    const reasons = Object.fromEntries(items.map(({ path, reason }) => [path.split('/').at(-1), reason]))
    expect(reasons).toMatchObject({
      plain: null,
      'flat.md': null,
      cached: null,
      'deep.md': 'It lies deeper than where it would be deployed to.',
    })
    // One for each copy, one for the records.
    expect(operations).toHaveLength(4)
    const records = readFileSync(join(home, 'src/api/.claude/.skillmeat-deployed.toml'), 'utf8')
    expect(records.match(/artifact_name = "(?:plain|flat|cached)"/g)).toHaveLength(3)
    expect(readFileSync(join(home, 'src/api/.claude/skills/cached/.gitignore'), 'utf8')).toBe('out\n')
    expect((await call('sync.check', { project: 'api' })).counts).toMatchObject({ none: 3, modified: 0 })
    expect(log.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('leaves alone what has changed since it was read (1214)', async () => {
    const { call, write } = await start({
      prepare: ({ write }) => void write('src/api/.claude/skills/plain/SKILL.md', skill('plain')),
    })
    await call('collections.init', {})
    await call('cache.refresh', { force: true })
    write('src/api/.claude/skills/plain/SKILL.md', skill('plain', 'Edited meanwhile.'))
    const { items } = await call('collections.adopt', { project: 'api' })
    expect(items).toMatchObject([{ reason: 'plain has changed since it was last read.' }])
    expect((await call('collections.show', {})).artifacts).toEqual([])
  })

  it('fails for a name that the project does not have, and changes nothing', async () => {
    const { call } = await start({
      prepare: ({ write }) => void write('src/api/.claude/skills/plain/SKILL.md', skill('plain')),
    })
    await call('collections.init', {})
    await expect(call('collections.adopt', { project: 'api', artifacts: ['none'] })).rejects.toMatchObject({
      slug: 'artifact.not_found',
    })
    await expect(call('collections.adopt', { project: 'none' })).rejects.toMatchObject({
      slug: 'project.not_found',
    })
    expect((await call('collections.show', {})).artifacts).toEqual([])
  })

  it('leaves alone what a collection has under the same name', async () => {
    const { call, home } = await start({
      prepare({ write }) {
        write('found/plain/SKILL.md', skill('plain', 'Another one.'))
        write('src/api/.claude/skills/plain/SKILL.md', skill('plain'))
      },
    })
    await call('collections.init', {})
    await call('collections.add', { spec: join(home, 'found/plain'), type: 'skill' })
    const { items, operations } = await call('collections.adopt', { project: 'api' })
    expect(items).toMatchObject([
      { action: 'skip', reason: expect.stringContaining('has a skill plain already') },
    ])
    expect(operations).toEqual([])
  })
})
