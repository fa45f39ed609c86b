import { renameSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scanUnit } from '../../../../../daemon/domains/cache/scan/scan-unit.ts'
import { codesOf, markdown, remembered, summary, told, useScanTree } from '../../../../support/scan-tree.ts'

const newTree = useScanTree()

/** One of everything a rescan must not read again. */
function fullTree() {
  const tree = newTree()
  tree.write('project/.claude/skills/a/SKILL.md', markdown('a'))
  tree.write('project/.claude/skills/a/references/r.md', 'r')
  tree.write('project/.claude/skills/b/SKILL.md', markdown('b'))
  tree.write('project/.claude/skills/empty/README.md', 'x')
  tree.write('project/.claude/commands/c.md', 'Does.\n')
  tree.write('project/.claude/agents/g.md', markdown('g'))
  tree.write('project/.claude/agents/README.md', '# Doc\n')
  tree.write('project/.gemini/commands/t.toml', 'description = "T"\n')
  tree.write('project/.mcp.json', '{"mcpServers":{"s":{"command":"x"}}}')
  tree.write('project/CLAUDE.md', 'x\n')
  tree.link('project/AGENTS.md', 'CLAUDE.md')
  return tree
}

describe('scanUnit, again', () => {
  it('reads no file when nothing changed, and tells the same', () => {
    const { scan } = fullTree()
    const first = scan()
    const second = scan({}, remembered(first))
    expect(second.changed).toEqual([])
    expect(second.unchanged).toHaveLength(first.changed.length)
    expect(second.counters).toMatchObject({ filesRead: 0, bytesRead: 0 })
    expect(told(second)).toEqual(told(first))
    expect(second.configSig).toBe(first.configSig)
    expect(second.provenanceSig).toBe(first.provenanceSig)
  })

  it('reads exactly what changed, however it changed', () => {
    const { scan, write, project } = fullTree()
    const first = scan()
    write('project/.claude/skills/a/references/r.md', 'R')
    write('project/.claude/skills/b/new.md', 'new')
    const second = scan({}, remembered(first))
    expect(summary(second.changed)).toEqual(['skill a .claude/skills/a', 'skill b .claude/skills/b'])
    expect(second.counters.filesRead).toBe(4)

    const old = join(project, '.claude/commands/c.md')
    utimesSync(old, new Date(1e12), new Date(1e12))
    const third = scan({}, remembered(first, second))
    expect(summary(third.changed)).toEqual(['command c .claude/commands/c.md'])
  })

  it('drops what is gone and finds what is new or renamed', () => {
    const { scan, write, project } = fullTree()
    const first = scan()
    rmSync(join(project, '.claude/skills/b'), { recursive: true })
    renameSync(join(project, '.claude/agents/g.md'), join(project, '.claude/agents/h.md'))
    write('project/.claude/skills/n/SKILL.md', markdown('n'))
    const second = scan({}, remembered(first))
    expect(summary(second.changed)).toEqual(['agent g .claude/agents/h.md', 'skill n .claude/skills/n'])
    expect(second.unchanged).not.toContain('project:skill:.claude/skills/b#')
    expect(second.unchanged).toContain('project:skill:.claude/skills/a#')
    expect(second.unchanged).toContain('project:mcp:.mcp.json#s')
  })

  it('notices that documentation became an agent and that an agent became documentation', () => {
    const { scan, write } = fullTree()
    const first = scan()
    write('project/.claude/agents/README.md', markdown('reader'))
    write('project/.claude/agents/g.md', 'No name any more.\n')
    const second = scan({}, remembered(first))
    expect(summary(second.changed)).toEqual(['agent reader .claude/agents/README.md'])
    expect(second.unchanged).not.toContain('project:agent:.claude/agents/g.md#')
    const third = scan({}, remembered(first, second))
    expect(third.counters.filesRead).toBe(0)
    expect(told(third)).toContain('agent.documentation .claude/agents/g.md')
  })

  it('notices when a dangling link finds its target', () => {
    const { scan, write, link } = fullTree()
    link('project/.claude/skills/a/later.md', '../../../later.md')
    const first = scan()
    expect(first.changed.flatMap(codesOf)).toContain('file.dangling_link')
    expect(scan({}, remembered(first)).counters.filesRead).toBe(0)
    write('project/later.md', 'now')
    const second = scan({}, remembered(first))
    expect(second.changed.map((a) => a.relPath)).toEqual(['.claude/skills/a'])
    expect(second.changed.flatMap(codesOf)).not.toContain('file.dangling_link')
  })

  it('reads everything again when a lock file appears', () => {
    const { scan, write } = fullTree()
    const first = scan()
    write('project/skills-lock.json', '{"version":1,"skills":{}}')
    const second = scan({}, remembered(first))
    const files = first.changed.filter((a) => a.fragment === '')
    expect(second.changed).toHaveLength(files.length)
    expect(second.unchanged).toEqual(['project:mcp:.mcp.json#s'])
  })

  it('reads everything again when the limits changed', () => {
    const { scan, env, project } = fullTree()
    const first = scan()
    const tighter = { ...env, limits: { ...env.limits, maxArtifactFiles: 1 } }
    const unit = { kind: 'project', path: project, name: 'project' } as const
    const second = scanUnit(unit, tighter, remembered(first))
    expect(second.changed).toHaveLength(first.changed.length)
    expect(second.changed.find((a) => a.name === 'a')?.hash).toBeNull()
  })

  it('keeps what it knows when the folder vanishes during the scan', () => {
    const { scan, project } = fullTree()
    const first = scan()
    const known = remembered(first)
    const artifacts = new Map(known.artifacts)
    // The first look into what is known happens in the middle of the walk
    artifacts.get = (key) => {
      rmSync(project, { recursive: true, force: true })
      return known.artifacts.get(key)
    }
    const second = scan({}, { ...known, artifacts })
    expect(second).toMatchObject({ failure: { kind: 'missing' }, changed: [], unchanged: [] })
    expect(second.configSig).toBe(first.configSig)
  })

  it('treats one folder vanishing during the scan as gone, the rest as it is', () => {
    const { scan, project } = fullTree()
    const first = scan()
    const known = remembered(first)
    const artifacts = new Map(known.artifacts)
    artifacts.get = (key) => {
      rmSync(join(project, '.claude/skills/b'), { recursive: true, force: true })
      return known.artifacts.get(key)
    }
    const second = scan({}, { ...known, artifacts })
    expect(second.failure).toBeNull()
    expect(second.unchanged).toContain('project:command:.claude/commands/c.md#')
    expect(second.unchanged).not.toContain('project:skill:.claude/skills/b#')
  })

  it('starts over when what was remembered is of another scanner', () => {
    const { scan } = fullTree()
    const first = scan()
    const second = scan({}, { ...remembered(first), configSig: 'something|else' })
    expect(second.changed).toHaveLength(first.changed.length)
  })
})
