import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { skill, useTestDaemon } from '../../../support/test-daemon.ts'

describe('collections.adopt', () => {
  const start = useTestDaemon()

  it('says of each artifact why it cannot be adopted (1214), and adopts the others', async () => {
    const { call, home, log } = await start({
      prepare({ write }) {
        write('src/api/.claude/skills/plain/SKILL.md', skill('plain'))
        write('src/api/.claude/skills/cached/SKILL.md', skill('cached'))
        // Not copied into a collection, so that the copy would be another one.
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
      cached: expect.stringContaining('cached holds files that are not copied'),
      'deep.md': 'It lies deeper than where it would be deployed to.',
    })
    // One for each copy, one for the records.
    expect(operations).toHaveLength(3)
    const records = readFileSync(join(home, 'src/api/.claude/.skillmeat-deployed.toml'), 'utf8')
    expect(records.match(/artifact_name = "(?:plain|flat)"/g)).toHaveLength(2)
    expect(log.filter(({ level }) => level === 'error')).toEqual([])
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
