import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { UnitResult } from '../../../../../daemon/domains/cache/scan/types.ts'
import {
  byPath,
  codesOf,
  markdown,
  remembered,
  summary,
  told,
  useScanTree,
} from '../../../../support/scan-tree.ts'

const newTree = useScanTree()

const clashes = (result: UnitResult): string[] =>
  result.changed
    .flatMap((a) =>
      a.diagnostics.filter((d) => /duplicate|case_clash/.test(d.code)).map((d) => `${a.relPath} ${d.code}`),
    )
    .sort()

describe('names in one scope', () => {
  it('tells the second of two agents of one name, wherever its file is', () => {
    const { write, scan } = newTree()
    write('project/.claude/agents/b.md', markdown('twin'))
    write('project/.claude/agents/a/z.md', markdown('twin'))
    write('project/.cursor/agents/c.md', markdown('twin'))
    expect(clashes(scan())).toEqual(['.claude/agents/b.md name.duplicate'])
  })

  it('tells names that differ in letter case only', () => {
    const { write, scan } = newTree()
    write('project/.claude/skills/Demo/SKILL.md', markdown('Demo'))
    write('project/.claude/skills/demo/SKILL.md', markdown('demo'))
    const result = scan()
    expect(clashes(result)).toEqual(['.claude/skills/demo name.case_clash'])
    expect(result.changed).toHaveLength(2)
  })

  it('reads an untouched agent again only when a clash comes or goes', () => {
    const { write, scan, project } = newTree()
    write('project/.claude/agents/b.md', markdown('twin'))
    write('project/.claude/agents/c.md', markdown('other'))
    const first = scan()
    expect(clashes(first)).toEqual([])
    write('project/.claude/agents/a.md', markdown('twin'))
    const second = scan({}, remembered(first))
    expect(clashes(second)).toEqual(['.claude/agents/b.md name.duplicate'])
    expect(second.unchanged).toEqual(['project:agent:.claude/agents/c.md#'])
    const third = scan({}, remembered(first, second))
    expect(third.changed).toEqual([])
    expect(third.counters.filesRead).toBe(0)
    rmSync(join(project, '.claude/agents/a.md'))
    const fourth = scan({}, remembered(first, second, third))
    expect(summary(fourth.changed)).toEqual(['agent twin .claude/agents/b.md'])
    expect(clashes(fourth)).toEqual([])
  })
})

describe('folders of skills', () => {
  it('accepts skill.md in lower case and says so; the right spelling wins', () => {
    const { write, scan } = newTree()
    write('project/.claude/skills/low/skill.md', markdown('low'))
    write('project/.claude/skills/both/skill.md', markdown('wrong', 'description: wrong'))
    write('project/.claude/skills/both/SKILL.md', markdown('both', 'description: right'))
    const result = scan()
    expect(codesOf(byPath(result, '.claude/skills/low'))).toEqual(['file.wrong_case'])
    expect(byPath(result, '.claude/skills/both').description).toBe('right')
  })

  it('tells of a folder without SKILL.md, which is no skill', () => {
    const { write, scan } = newTree()
    write('project/.claude/skills/none/README.md', 'x')
    write('project/.claude/skills/dir/SKILL.md/oops.md', 'x')
    write('project/.claude/skills/.git/HEAD', 'x')
    write('project/.claude/skills/loose.md', 'x')
    const result = scan()
    expect(result.changed).toEqual([])
    expect(told(result)).toEqual(['file.missing .claude/skills/dir', 'file.missing .claude/skills/none'])
  })

  it('finds skills in a folder that groups them', () => {
    const { write, scan } = newTree()
    write('project/.claude/skills/owner/one/SKILL.md', markdown('one'))
    write('project/.claude/skills/owner/two/SKILL.md', markdown('two'))
    write('project/.claude/skills/owner/docs/README.md', 'x')
    write('project/.codex/skills/.system/sys/SKILL.md', markdown('sys'))
    write('project/.claude/skills/synced/cloud/SKILL.md', markdown('cloud'))
    const result = scan()
    expect(summary(result.changed)).toEqual([
      'skill cloud .claude/skills/synced/cloud',
      'skill one .claude/skills/owner/one',
      'skill sys .codex/skills/.system/sys',
      'skill two .claude/skills/owner/two',
    ])
    expect(byPath(result, '.claude/skills/owner/one').metadata.namespace).toBe('owner')
    expect(result.diagnostics).toEqual([])
  })

  it('lists a skill inside of another with a remark, and warns of the reserved folder', () => {
    const { write, scan } = newTree()
    write('project/.claude/skills/outer/SKILL.md', markdown('outer'))
    write('project/.claude/skills/outer/sub/inner/SKILL.md', markdown('inner'))
    write('project/.claude/skills/outer/node_modules/dep/SKILL.md', markdown('dep'))
    write('project/.claude/skills/Synced/SKILL.md', markdown('synced'))
    const result = scan()
    expect(summary(result.changed)).toEqual([
      'skill Synced .claude/skills/Synced',
      'skill inner .claude/skills/outer/sub/inner',
      'skill outer .claude/skills/outer',
    ])
    const inner = byPath(result, '.claude/skills/outer/sub/inner')
    expect(inner.diagnostics).toContainEqual({ code: 'skill.nested', detail: '.claude/skills/outer' })
    expect(codesOf(byPath(result, '.claude/skills/Synced'))).toContain('skill.reserved_folder')
  })

  it('reads a skill again that came to lie inside of another one, or does no longer', () => {
    const { root, write, scan } = newTree()
    const remove = (path: string): void => rmSync(join(root, path))
    write('project/.claude/skills/outer/inner/SKILL.md', markdown('inner'))
    const alone = scan()
    const changes = (result: UnitResult) => result.changed.map((a) => [a.name, codesOf(a)])
    expect(changes(alone)).toEqual([['inner', []]])
    write('project/.claude/skills/outer/SKILL.md', markdown('outer'))
    const inside = scan({}, remembered(alone))
    expect(changes(inside)).toContainEqual(['inner', ['skill.nested']])
    expect(changes(scan({}, remembered(alone, inside)))).toEqual([])
    remove('project/.claude/skills/outer/SKILL.md')
    expect(changes(scan({}, remembered(inside)))).toEqual([['inner', []]])
  })

  it('lists linked skills for each host, and each target once per folder', () => {
    const { write, link, scan } = newTree()
    write('project/.agents/skills/s/SKILL.md', markdown('s'))
    write('project/.agents/skills/big/SKILL.md', markdown('big'))
    write('project/.agents/skills/big/part/SKILL.md', markdown('part'))
    link('project/.claude/skills/s', '../../.agents/skills/s')
    link('project/.claude/skills/twice', '../../.agents/skills/s')
    link('project/.cursor/skills', '../.agents/skills')
    link('project/.agents/skills/also', 's')
    link('project/.agents/skills/part', 'big/part')
    expect(summary(scan().changed)).toEqual([
      'skill big .agents/skills/big',
      'skill big .cursor/skills/big',
      'skill part .agents/skills/part',
      'skill part .cursor/skills/part',
      'skill s .agents/skills/s',
      'skill s .claude/skills/s',
      'skill s .cursor/skills/s',
    ])
  })

  it('follows a link to a folder of skills and one of agents', () => {
    const { write, link, scan } = newTree()
    write('elsewhere/pack/x/SKILL.md', markdown('x'))
    write('elsewhere/agents/y.md', markdown('y'))
    link('project/.agents/skills/pack', '../../../elsewhere/pack')
    link('project/.claude/agents/team', '../../../elsewhere/agents')
    expect(summary(scan().changed)).toEqual([
      'agent y .claude/agents/team/y.md',
      'skill x .agents/skills/pack/x',
    ])
  })

  it('reads a SKILL.md that is a link, and says where it leads', () => {
    const { write, link, scan } = newTree()
    write('project/shared/SKILL.md', markdown('linked'))
    link('project/.claude/skills/linked/SKILL.md', '../../../shared/SKILL.md')
    link('project/.claude/skills/lost/SKILL.md', 'nowhere.md')
    const result = scan()
    const skill = byPath(result, '.claude/skills/linked')
    expect(skill.diagnostics).toEqual([{ code: 'file.symlink', detail: '../../../shared/SKILL.md' }])
    expect(skill).toMatchObject({ title: null, description: 'What linked does.' })
    expect(skill.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(told(result)).toEqual([
      'file.dangling_link .claude/skills/lost/SKILL.md',
      'file.missing .claude/skills/lost',
    ])
  })
})
