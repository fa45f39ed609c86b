import { describe, expect, it } from 'vitest'
import { agentFoldersOf } from '../../../../../daemon/domains/cache/scan/agent-settings.ts'

describe('agentFoldersOf', () => {
  it('turns tables of config.toml into rows of the table of agents', () => {
    const rows = agentFoldersOf({
      mine: { skills: '.mine/skills', user_skills: '~/.mine/skills', commands: ['.mine/a', '.mine/b'] },
    })
    expect(rows.map(({ host, scope, type, path, shape }) => [host, scope, type, path, shape])).toEqual([
      ['mine', 'project', 'skill', '.mine/skills', 'skills'],
      ['mine', 'user', 'skill', '~/.mine/skills', 'skills'],
      ['mine', 'project', 'command', '.mine/a', 'files'],
      ['mine', 'project', 'command', '.mine/b', 'files'],
    ])
  })

  it.each([
    ['leaves the project', { skills: '../elsewhere' }],
    ['leaves the project in the middle', { skills: '.mine/../../elsewhere' }],
    ['is absolute in a project', { skills: '/etc' }],
    ['is relative for the user', { user_skills: '.mine/skills' }],
    ['is the project itself', { skills: '.' }],
    ['is no text', { skills: 7 }],
    ['has an unknown key', { servers: '.mine/servers' }],
  ])('passes over a folder that %s', (_, table) => {
    expect(agentFoldersOf({ mine: table })).toEqual([])
  })

  it('passes over what is not a table', () => {
    expect(agentFoldersOf({ mine: 'text', other: null })).toEqual([])
  })
})
