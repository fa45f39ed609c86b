import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readClaudeState } from '../../../../../daemon/domains/cache/scan/claude-state.ts'
import { useScanTree } from '../../../../support/scan-tree.ts'

const newTree = useScanTree()
const json = JSON.stringify

describe('readClaudeState', () => {
  it('copies the named keys and nothing else', () => {
    const { write, env } = newTree()
    write(
      'home/.claude.json',
      json({
        oauthAccount: { token: 'hunter' },
        mcpServers: { a: { command: 'x' } },
        projects: {
          '/p/one': {
            mcpServers: { l: { command: 'y' } },
            disabledMcpServers: ['a'],
            enabledMcpjsonServers: ['b'],
            disabledMcpjsonServers: 'c',
            history: [{ display: 'hunter' }],
            exampleFiles: ['hunter'],
          },
          '/p/two': null,
          relative: {},
        },
      }),
    )
    const { state, projectPaths, diagnostics } = readClaudeState(env.folders)
    expect(diagnostics).toEqual([])
    expect(projectPaths).toEqual(['/p/one', '/p/two'])
    expect(state).toEqual({
      mcpServers: { a: { command: 'x' } },
      projects: {
        '/p/one': {
          mcpServers: { l: { command: 'y' } },
          disabledMcpServers: ['a'],
          enabledMcpjsonServers: ['b'],
          disabledMcpjsonServers: ['c'],
        },
      },
    })
    expect(json(state)).not.toContain('hunter')
  })

  it('adds what the user settings approve', () => {
    const { write, env } = newTree()
    expect(readClaudeState(env.folders).state.approvals).toBeUndefined()
    write('home/.claude/settings.json', json({ enableAllProjectMcpServers: true, env: { K: 'hunter' } }))
    expect(readClaudeState(env.folders).state.approvals).toEqual({
      enableAllProjectMcpServers: true,
      enabledMcpjsonServers: [],
      disabledMcpjsonServers: [],
    })
  })

  it('is empty without the file', () => {
    expect(readClaudeState(newTree().env.folders)).toEqual({
      state: { mcpServers: {}, projects: {} },
      projectPaths: [],
      diagnostics: [],
    })
  })

  it('tells a broken, strange or oversized file without quoting it', () => {
    const cases: Array<[string | Buffer, string]> = [
      ['{"token": hunter', 'config.invalid_json'],
      ['["hunter"]', 'config.wrong_type'],
      [Buffer.from([0xff, 0xfe, 0]), 'config.invalid_json'],
    ]
    for (const [content, code] of cases) {
      const { write, env } = newTree()
      write('home/.claude.json', content)
      const { diagnostics, projectPaths } = readClaudeState(env.folders)
      expect(diagnostics.map((d) => d.code)).toEqual([code])
      expect(json(diagnostics)).not.toContain('hunter')
      expect(projectPaths).toEqual([])
    }
    const { write, env, home } = newTree()
    write('home/.claude.json', '{')
    truncateSync(join(home, '.claude.json'), 101 * 1024 * 1024)
    expect(readClaudeState(env.folders).diagnostics).toMatchObject([{ code: 'file.unreadable' }])
  })

  it('keeps hostile keys from reaching prototypes', () => {
    const { write, env } = newTree()
    write(
      'home/.claude.json',
      '{"projects": {"__proto__": {"mcpServers": {}}, "/__proto__": {}}, "mcpServers": {"__proto__": {}}}',
    )
    const { state } = readClaudeState(env.folders)
    expect(Object.keys(state.projects)).toEqual(['/__proto__'])
    expect(Object.getPrototypeOf(state.projects)).toBe(Object.prototype)
  })
})
