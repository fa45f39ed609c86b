// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the templates of the table
import { describe, expect, it } from 'vitest'
import {
  agentFolder,
  mergeAgentFolders,
  planFolders,
  projectMarkerChildren,
  projectMarkers,
  resolveUserPath,
} from '../../../../../daemon/domains/cache/scan/agents.ts'
import { skillAgents } from '../../../../../daemon/domains/cache/scan/agents-data.ts'
import { environment } from '../../../../support/scan-tree.ts'

const { folders } = environment('/h')
const moved = { ...folders, xdgConfig: '/x', agentHomes: { CODEX_HOME: '/c' } }

describe('skillAgents', () => {
  it('knows the 73 agents of the ecosystem, each once', () => {
    expect(new Set(skillAgents.map(([id]) => id)).size).toBe(73)
    expect(skillAgents.length).toBe(73)
  })

  it('keeps folders of a project inside of it and templates for the user', () => {
    for (const [, project, user] of skillAgents) {
      expect(project ?? '').not.toMatch(/^[/~$]|\.\./)
      expect(user ?? '~/').toMatch(/^(?:~\/|\$CLAUDE\/|\$XDG\/|\$\{\w+:-~\/)/)
    }
  })
})

describe('mergeAgentFolders', () => {
  it('lists a folder many agents share once, under one host', () => {
    const shared = mergeAgentFolders().filter((row) => row.path === '.agents/skills')
    expect(shared.map((row) => row.host)).toEqual(['agents'])
  })

  it('has no two rows of one scope, type and path', () => {
    const keys = mergeAgentFolders().map((row) => `${row.scope} ${row.type} ${row.path}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('lets a row of the configuration replace and add', () => {
    const rows = mergeAgentFolders([
      agentFolder({
        host: 'mine',
        scope: 'project',
        type: 'skill',
        path: './.claude/skills/',
        shape: 'skills',
      }),
      agentFolder({
        host: 'new',
        scope: 'project',
        type: 'rule',
        path: 'rules',
        shape: 'files',
        names: ['.txt'],
      }),
    ])
    expect(
      rows.filter((row) => row.path === '.claude/skills' && row.scope === 'project').map((r) => r.host),
    ).toEqual(['mine'])
    expect(rows.find((row) => row.host === 'new')).toMatchObject({
      names: ['.txt'],
      depth: 8,
      ambiguous: false,
    })
  })

  it('tries the longest extension first, so that x.agent.md is called x', () => {
    const row = mergeAgentFolders().find((r) => r.path === '.github/agents')
    expect(row?.names).toEqual(['.agent.md', '.md'])
  })
})

describe('resolveUserPath', () => {
  it.each([
    ['~/.cursor/skills', '/h/.cursor/skills'],
    ['$CLAUDE/skills', '/h/.claude/skills'],
    ['$XDG/opencode/skills', '/x/opencode/skills'],
    ['${CODEX_HOME:-~/.codex}/skills', '/c/skills'],
    ['${VIBE_HOME:-~/.vibe}/skills', '/h/.vibe/skills'],
    ['/opt/agents', '/opt/agents'],
  ])('puts %s at %s', (template, path) => {
    expect(resolveUserPath(template, moved)).toBe(path)
  })
})

describe('planFolders', () => {
  it('splits the places of the user into those below his home and those elsewhere', () => {
    const plan = planFolders('user', mergeAgentFolders(), moved, '/h')
    expect(plan.outside.map(({ path }) => path)).toContain('/c/skills')
    expect(plan.outside.map(({ path }) => path)).toContain('/x/opencode/agents')
    expect(
      plan.tree.children
        .get('.claude')
        ?.children.get('skills')
        ?.rows.map((r) => r.host),
    ).toEqual(['claude-code'])
  })

  it('finds the places of the user when his home is a link', () => {
    const plan = planFolders('user', mergeAgentFolders(), folders, '/real/h')
    expect(plan.outside).toEqual([])
  })
})

describe('projectMarkers', () => {
  it('holds the folders and files of agents and none that means other things, too', () => {
    for (const name of [
      '.claude',
      '.agents',
      '.cursor',
      '.mcp.json',
      'CLAUDE.md',
      'AGENTS.md',
      'skills-lock.json',
    ]) {
      expect(projectMarkers).toContain(name)
    }
    for (const name of ['skills', 'agent', 'data', '.github', '.vscode', '.git', 'node_modules']) {
      expect(projectMarkers).not.toContain(name)
    }
    expect(projectMarkerChildren.get('.github')).toContain('skills')
  })
})
