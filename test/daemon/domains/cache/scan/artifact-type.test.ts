import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ArtifactTarget,
  describeTarget,
  inferArtifactType,
  readArtifactKind,
  recogniseArtifact,
  scoreArtifact,
} from '../../../../../daemon/domains/cache/scan/artifact-type.ts'

const folder = (at: string, ...entries: string[]): ArtifactTarget => ({ path: at, isFolder: true, entries })
const file = (at: string): ArtifactTarget => ({ path: at, isFolder: false, entries: [] })

describe('inferArtifactType, scoreArtifact and recogniseArtifact', () => {
  it.each([
    [folder('skills/a', 'SKILL.md'), 'skill', 100, 'skill'],
    [folder('stray', 'SKILL.md'), 'skill', 100, 'skill'],
    [folder('skills/sub/n', 'SKILL.md'), 'skill', 100, 'skill'],
    [folder('Skills/z', 'skill.md'), 'skill', 100, 'skill'],
    [folder('skills/b', 'README.md'), 'skill', 30, null],
    [file('commands/c.md'), 'command', 80, 'command'],
    [file('commands/git/d.md'), 'command', 80, 'command'],
    [file('agents/e.md'), 'agent', 80, 'agent'],
    [file('agents/pm/f.md'), 'agent', 80, 'agent'],
    [folder('hooks', 'settings.json'), 'hook', 100, 'hook'],
    [folder('hooks/h', 'settings.json'), 'hook', 100, 'hook'],
    [file('docs/x.md'), 'skill', 0, null],
    [file('skills/a/SKILL.md'), 'skill', 0, null],
    [folder('plugins/p', 'PLUGIN.md'), 'composite', 100, 'composite'],
    [folder('workflows/w', 'WORKFLOW.yaml'), 'workflow', 100, 'workflow'],
    [folder('commands/dirc', 'command.md'), 'command', 60, null],
    [folder('commands/dirc', 'COMMAND.md'), 'command', 60, null],
  ])('agree with the original on %j: %s, %i, strict %s', (target, type, score, strict) => {
    expect(scoreArtifact(target)).toEqual({ type, score })
    expect(inferArtifactType(target)).toBe(score === 0 ? null : type)
    expect(recogniseArtifact(target)).toBe(strict)
  })

  it.each([
    ['hooks/settings.json is accepted', file('hooks/settings.json'), 'hook', 60, 'hook'],
    ['an mcp folder is accepted', folder('mcp/g', '.mcp.json'), 'mcp', 60, 'mcp'],
    ['an mcp folder is accepted', folder('mcp/k', 'mcp.json'), 'mcp', 60, 'mcp'],
    ['an mcp file is accepted', file('mcp/g/.mcp.json'), 'mcp', 100, 'mcp'],
    ['commands/s.txt is refused', file('commands/s.txt'), 'command', 80, null],
    [
      'a plugin.json makes a composite',
      folder('x', '.claude-plugin/plugin.json'),
      'composite',
      100,
      'composite',
    ],
    ['a plugin.json makes a composite', folder('x', 'plugin.json'), 'composite', 100, 'composite'],
  ])('correct the original: %s', (_, target, type, score, strict) => {
    expect(scoreArtifact(target)).toEqual({ type, score })
    expect(recogniseArtifact(target)).toBe(strict)
  })

  it('score a claimed type 10 less than one found by place', () => {
    expect(scoreArtifact(file('docs/x.md'), 'command')).toEqual({ type: 'command', score: 70 })
    expect(scoreArtifact(folder('x', 'SKILL.md'), 'skill')).toEqual({ type: 'skill', score: 90 })
    expect(scoreArtifact(folder('x'), 'skill')).toEqual({ type: 'skill', score: 20 })
    expect(recogniseArtifact(folder('x'), 'skill')).toBeNull()
  })

  it('look for a container at most ten levels up, and stop at one that does not nest', () => {
    expect(inferArtifactType(file(`agents/${'a/'.repeat(9)}x.md`))).toBe('agent')
    expect(inferArtifactType(file(`agents/${'a/'.repeat(10)}x.md`))).toBeNull()
    expect(inferArtifactType(file('agents/skills/a/x.md'))).toBeNull()
  })

  it('give a score between 0 and 100 to anything', () => {
    const name = fc.constantFrom(
      'skills',
      'Commands',
      'agents',
      'hooks',
      'mcp',
      'a',
      'x.md',
      'settings.json',
      '.mcp.json',
      'SKILL.md',
      '',
      '..',
    )
    const target = fc.record({
      path: fc.array(name).map((parts) => parts.join('/')),
      isFolder: fc.boolean(),
      entries: fc.array(name),
    })
    fc.assert(
      fc.property(target, fc.constantFrom(undefined, 'skill' as const, 'mcp' as const), (given, hint) => {
        const { score, type } = scoreArtifact(given, hint)
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(100)
        expect([type, null]).toContain(recogniseArtifact(given, hint))
      }),
    )
  })
})

describe('readArtifactKind', () => {
  it.each([
    ['skill', 'skill'],
    ['MCP', 'mcp'],
    ['mcp_server', 'mcp'],
    ['mcp-server', 'mcp'],
    ['mcpserver', 'mcp'],
    ['plugin', null],
    ['constructor', null],
  ])('reads %s as %s', (text, kind) => expect(readArtifactKind(text)).toBe(kind))
})

describe('describeTarget', () => {
  let root: string
  beforeAll(() => {
    root = mkdtempSync(path.join(tmpdir(), 'smd-type-'))
    mkdirSync(path.join(root, 'p/.claude-plugin'), { recursive: true })
    writeFileSync(path.join(root, 'p/.claude-plugin/plugin.json'), '{}')
    writeFileSync(path.join(root, 'f.md'), '')
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  it('lists a folder with its plugin manifest, a file without entries, and nothing for nothing', () => {
    expect(describeTarget(path.join(root, 'p'))).toMatchObject({
      isFolder: true,
      entries: ['.claude-plugin', '.claude-plugin/plugin.json'],
    })
    expect(describeTarget(path.join(root, 'f.md'))).toMatchObject({ isFolder: false, entries: [] })
    expect(describeTarget(path.join(root, 'nothing'))).toBeNull()
  })
})
