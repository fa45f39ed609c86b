import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { agentFolder } from '../../../../../daemon/domains/cache/scan/agents.ts'
import { byPath, codesOf, markdown, summary, told, useScanTree } from '../../../../support/scan-tree.ts'

const newTree = useScanTree()

describe('scanUnit of a project', () => {
  it('finds every kind of file artifact of Claude Code', () => {
    const { write, scan } = newTree()
    write('project/.claude/skills/demo/SKILL.md', markdown('demo'))
    write('project/.claude/skills/demo/references/more.md', 'more')
    write('project/.claude/commands/review.md', markdown('ignored', 'description: Reviews.'))
    write('project/.claude/commands/git/commit.md', 'Commits the work.\n')
    write('project/.claude/agents/team/x.md', markdown('helper'))
    write('project/.claude/rules/front/react.md', 'Use hooks.\n')
    write('project/.claude/output-styles/brief.md', markdown('Brief'))
    write('project/.claude/workflows/ship.js', 'export default 1\n')
    write('project/CLAUDE.md', 'Project memory.\n')
    write('project/.claude/CLAUDE.md', 'More memory.\n')
    write('project/CLAUDE.local.md', 'Mine.\n')
    const result = scan()
    expect(summary(result.changed)).toEqual([
      'agent helper .claude/agents/team/x.md',
      'command git:commit .claude/commands/git/commit.md',
      'command review .claude/commands/review.md',
      'memory CLAUDE.local.md CLAUDE.local.md',
      'memory CLAUDE.md .claude/CLAUDE.md',
      'memory CLAUDE.md CLAUDE.md',
      'output-style brief .claude/output-styles/brief.md',
      'rule front/react .claude/rules/front/react.md',
      'skill demo .claude/skills/demo',
      'workflow ship .claude/workflows/ship.js',
    ])
    expect(byPath(result, 'CLAUDE.local.md').scope).toBe('local')
    expect(result.failure).toBeNull()
    expect(result.diagnostics).toEqual([])
  })

  it('fills in what a file says, its H1, size and tokens', () => {
    const { write, scan } = newTree()
    write('project/.claude/skills/demo/SKILL.md', '---\nname: demo\n---\nHello\n')
    write('project/.claude/skills/demo/a/x.txt', 'one\n')
    write('project/.claude/skills/demo/a-b/x.txt', 'two\n')
    write('project/.claude/skills/demo/.hidden/h.txt', 'h\n')
    write('project/.claude/skills/demo/__pycache__/m.pyc', 'c\n')
    write('project/.claude/skills/demo/.DS_Store', 'ds')
    write('project/.claude/skills/demo/B.md', 'B\n')
    write('project/.claude/skills/demo/café.txt', 'café\n')
    write('project/.claude/commands/single.md', 'solo\n')
    const result = scan()
    // H1 of formats spec 5.1, as it is taken on a copy: without what use leaves behind
    const counted = [
      ['.hidden/h.txt', 'h\n'],
      ['B.md', 'B\n'],
      ['SKILL.md', '---\nname: demo\n---\nHello\n'],
      ['a/x.txt', 'one\n'],
      ['a-b/x.txt', 'two\n'],
      ['café.txt', 'café\n'],
    ]
    expect(byPath(result, '.claude/skills/demo')).toMatchObject({
      hash: createHash('sha256').update(counted.flat().join('')).digest('hex'),
      sizeBytes: 25 + 4 + 4 + 2 + 2 + 6,
      host: 'claude-code',
      scope: 'project',
      description: 'Hello',
    })
    expect(byPath(result, '.claude/commands/single.md')).toMatchObject({
      hash: '81d6bf3b18d09327c6a7e75c37d3bfb92b4f88807dee37ad2911c08f1690bfbe',
      sizeBytes: 5,
      tokens: 2,
    })
    expect(byPath(result, '.claude/skills/demo').modifiedAt).toBeGreaterThan(1_600_000_000_000)
  })

  it('keeps title, tags, version and other keys, without secrets', () => {
    const { write, scan } = newTree()
    const rest = [
      'description: D',
      'title: A title',
      'tags: [a, b]',
      'version: 1.10',
      'license: MIT',
      'mcpServers: {db: {env: {KEY: s3cret}}}',
      'endpoint: https://user:pa55@example.org/x?token=abc',
    ]
    write('project/.claude/skills/demo/SKILL.md', markdown('Demo Skill', rest.join('\n')))
    const skill = byPath(scan(), '.claude/skills/demo')
    expect(skill).toMatchObject({
      name: 'demo',
      title: 'A title',
      tags: ['a', 'b'],
      deployedVersion: '1.10',
      metadata: { license: 'MIT', aliases: ['Demo Skill'], mcpServers: ['db'] },
    })
    expect(JSON.stringify(skill)).not.toMatch(/s3cret|pa55|token=abc/)
  })

  it('reads the folders of other agents, each under its host', () => {
    const { write, scan } = newTree()
    write('project/.agents/skills/s/SKILL.md', markdown('s'))
    write('project/.cursor/rules/ts.mdc', markdown('x', 'globs: "*.ts"'))
    write('project/.cursorrules', 'Old rules.\n')
    write('project/.gemini/commands/git/commit.toml', 'description = "Commits"\nprompt = "Do it"\n')
    write('project/.gemini/commands/bad.toml', 'description = \n')
    write('project/.codex/agents/explorer.toml', 'name = "explorer-agent"\ndescription = "Explores"\n')
    write('project/.github/agents/x.agent.md', markdown('reviewer'))
    write('project/.github/prompts/plan.prompt.md', 'Plan.\n')
    write('project/.github/prompts/README.md', 'Not a prompt.\n')
    write('project/.github/instructions/py.instructions.md', 'Python.\n')
    write('project/.opencode/command/test.md', 'Tests.\n')
    write('project/AGENTS.md', 'For all agents.\n')
    write('project/skills/pub/SKILL.md', markdown('pub'))
    write('project/skills/not-one/README.md', 'x')
    const result = scan()
    expect(summary(result.changed)).toEqual([
      'agent explorer-agent .codex/agents/explorer.toml',
      'agent reviewer .github/agents/x.agent.md',
      'command bad .gemini/commands/bad.toml',
      'command git:commit .gemini/commands/git/commit.toml',
      'command plan .github/prompts/plan.prompt.md',
      'command test .opencode/command/test.md',
      'memory .cursorrules .cursorrules',
      'memory AGENTS.md AGENTS.md',
      'rule py .github/instructions/py.instructions.md',
      'rule ts .cursor/rules/ts.mdc',
      'skill pub skills/pub',
      'skill s .agents/skills/s',
    ])
    expect(byPath(result, 'skills/pub').host).toBe('openclaw')
    expect(byPath(result, '.agents/skills/s').host).toBe('agents')
    expect(byPath(result, '.gemini/commands/git/commit.toml').description).toBe('Commits')
    expect(codesOf(byPath(result, '.gemini/commands/bad.toml'))).toEqual(['config.invalid_toml'])
    expect(result.diagnostics).toEqual([])
  })

  it('reads what rows of the configuration name', () => {
    const tree = newTree()
    tree.env.agentFolders = [
      agentFolder({
        host: 'mine',
        scope: 'project',
        type: 'rule',
        path: 'ai/rules',
        shape: 'files',
        names: ['.txt'],
      }),
    ]
    tree.write('project/ai/rules/a.txt', 'x')
    expect(summary(tree.scan().changed)).toEqual(['rule a ai/rules/a.txt'])
  })

  it('skips agents without a name, and says so', () => {
    const { write, scan } = newTree()
    write('project/.claude/agents/README.md', '# How we write agents\n')
    write('project/.claude/agents/nameless.md', '---\ndescription: d\n---\nx\n')
    write('project/.claude/agents/broken.md', '---\n- [a\n  b: {\n---\nx\n')
    const result = scan()
    expect(summary(result.changed)).toEqual(['agent broken .claude/agents/broken.md'])
    expect(told(result)).toEqual([
      'agent.documentation .claude/agents/README.md',
      'agent.documentation .claude/agents/nameless.md',
    ])
  })

  it('takes a folder with a SKILL.md among the commands for one command', () => {
    const { write, scan } = newTree()
    write('project/.claude/commands/deploy/SKILL.md', markdown('deploy'))
    write('project/.claude/commands/deploy/notes.md', 'x')
    const result = scan()
    expect(summary(result.changed)).toEqual(['command deploy .claude/commands/deploy'])
    expect(codesOf(result.changed[0] as never)).toContain('command.directory')
  })

  it('fails as missing without a folder and as missing when a file took its place', () => {
    const { scan, write, project } = newTree()
    expect(scan({ path: join(project, 'no') }).failure).toEqual({ kind: 'missing', message: 'ENOENT' })
    write('project/file', '')
    expect(scan({ path: join(project, 'file') }).failure?.kind).toBe('missing')
  })

  it('does not report the artifacts of the user again when the project is his home', () => {
    const tree = newTree()
    tree.write('home/.claude/skills/mine/SKILL.md', markdown('mine'))
    tree.write('home/.claude/CLAUDE.md', 'Memory of the user.\n')
    tree.write('home/CLAUDE.md', 'Memory of the home as a project.\n')
    tree.write('home/.windsurf/skills/w/SKILL.md', markdown('w'))
    expect(summary(tree.scan({ path: tree.home }).changed)).toEqual([
      'memory CLAUDE.md CLAUDE.md',
      'skill w .windsurf/skills/w',
    ])
    tree.link('project/.claude', join(tree.home, '.claude'))
    expect(summary(tree.scan().changed)).toEqual([])
  })
})

describe('scanUnit of the user', () => {
  it('looks into the folders of all agents; what lies outside of home has an absolute path', () => {
    const tree = newTree()
    const { folders } = tree.env
    folders.claudeConfig = join(tree.root, 'cfg')
    folders.agentHomes.CODEX_HOME = join(tree.root, 'codex')
    tree.write('cfg/skills/a/SKILL.md', markdown('a'))
    tree.write('cfg/CLAUDE.md', 'x\n')
    tree.write('codex/prompts/p.md', 'Prompt.\n')
    tree.write('home/.config/opencode/agents/o.md', markdown('o'))
    tree.write('home/.agents/skills/shared/SKILL.md', markdown('shared'))
    tree.write('home/.gemini/GEMINI.md', 'x\n')
    tree.write('home/.claude/skills/unused/SKILL.md', markdown('unused'))
    const result = tree.scan({ kind: 'user', path: tree.home, name: 'user' })
    expect(summary(result.changed)).toEqual(
      [
        'agent o .config/opencode/agents/o.md',
        `command p ${tree.root}/codex/prompts/p.md`,
        `memory CLAUDE.md ${tree.root}/cfg/CLAUDE.md`,
        'memory GEMINI.md .gemini/GEMINI.md',
        `skill a ${tree.root}/cfg/skills/a`,
        'skill shared .agents/skills/shared',
      ].sort(),
    )
    expect(new Set(result.changed.map((a) => a.scope))).toEqual(new Set(['user']))
  })
})

describe('scanUnit of the managed folder', () => {
  it('finds its skills and agents', () => {
    const tree = newTree()
    tree.write('managed/.claude/skills/m/SKILL.md', markdown('m'))
    tree.write('managed/.claude/agents/g.md', markdown('g'))
    const result = tree.scan({ kind: 'managed', path: join(tree.root, 'managed'), name: 'managed' })
    expect(summary(result.changed)).toEqual(['agent g .claude/agents/g.md', 'skill m .claude/skills/m'])
    expect(result.changed[0]?.scope).toBe('managed')
  })
})
