import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { UnitResult } from '../../../../../daemon/domains/cache/scan/types.ts'
import {
  byPath,
  codesOf,
  markdown,
  remembered,
  type ScanTree,
  summary,
  told,
  useScanTree,
} from '../../../../support/scan-tree.ts'

const newTree = useScanTree()
const scanner = pathToFileURL(
  join(import.meta.dirname, '../../../../../daemon/domains/cache/scan/scan-unit.ts'),
).href

/** Scans the project as somebody whom permission bits bind: root is not, so the child drops its rights first. */
function scanUnprivileged({ project, env }: ScanTree): UnitResult {
  const script = `
    const { scanUnit } = await import(${JSON.stringify(scanner)})
    if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534) }
    const unit = { kind: 'project', path: ${JSON.stringify(project)}, name: 'project' }
    process.stdout.write(JSON.stringify(scanUnit(unit, ${JSON.stringify(env)}, null)))`
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  if (child.status !== 0) throw new Error(child.stderr)
  return JSON.parse(child.stdout) as UnitResult
}

const tool = (name: string, ...args: string[]) => execFileSync(name, args)
const chmod = (mode: string, ...paths: string[]) => tool('chmod', mode, ...paths)
const makePipes = (...paths: string[]) => tool('mkfifo', ...paths)

describe('scanUnit and what cannot be read', () => {
  it.skipIf(process.platform === 'win32')('tells of unreadable files and folders and finds the rest', () => {
    const tree = newTree()
    tree.write('project/.claude/skills/closed/SKILL.md', markdown('closed'))
    tree.write('project/.claude/skills/main/SKILL.md', markdown('main'))
    tree.write('project/.claude/skills/part/SKILL.md', markdown('part'))
    tree.write('project/.claude/skills/part/secret.txt', 'x')
    tree.write('project/.claude/skills/sub/SKILL.md', markdown('sub'))
    tree.write('project/.claude/skills/sub/closed/x.txt', 'x')
    tree.write('project/.claude/agents/a.md', markdown('a'))
    tree.write('project/.claude/commands/open.md', 'Open.\n')
    tree.write('project/.cursor/rules/r.mdc', 'x')
    chmod('755', tree.root, tree.project)
    const at = (path: string) => join(tree.project, path)
    chmod(
      '000',
      at('.claude/skills/main/SKILL.md'),
      at('.claude/skills/part/secret.txt'),
      at('.claude/agents/a.md'),
    )
    const folders = [at('.claude/skills/closed'), at('.claude/skills/sub/closed'), at('.cursor/rules')]
    chmod('000', ...folders)
    const result = scanUnprivileged(tree)
    chmod('755', ...folders)

    expect(result.failure).toBeNull()
    expect(summary(result.changed)).toEqual([
      'agent a .claude/agents/a.md',
      'command open .claude/commands/open.md',
      'skill main .claude/skills/main',
      'skill part .claude/skills/part',
      'skill sub .claude/skills/sub',
    ])
    for (const [path, detail] of [
      ['.claude/skills/main', 'SKILL.md (EACCES)'],
      ['.claude/skills/part', 'secret.txt (EACCES)'],
      ['.claude/skills/sub', 'closed (EACCES)'],
      ['.claude/agents/a.md', 'a.md (EACCES)'],
    ] as const) {
      expect(byPath(result, path).diagnostics).toContainEqual({ code: 'file.unreadable', detail })
      expect(byPath(result, path).hash).toBeNull()
    }
    expect(byPath(result, '.claude/skills/part').description).toBe('What part does.')
    expect(told(result)).toEqual(['file.unreadable .claude/skills/closed', 'file.unreadable .cursor/rules'])

    // Rights do not show in size, mtime or inode: what could not be read is tried again
    chmod('644', at('.claude/skills/main/SKILL.md'))
    const again = tree.scan({}, remembered(result))
    expect(byPath(again, '.claude/skills/main').hash).toMatch(/^[0-9a-f]{64}$/)
    expect(again.unchanged).toContain('project:command:.claude/commands/open.md#')
  })

  it.skipIf(process.platform === 'win32')('fails for a project folder that cannot be read', () => {
    const tree = newTree()
    chmod('755', tree.root)
    chmod('000', tree.project)
    expect(scanUnprivileged(tree)).toMatchObject({
      failure: { kind: 'unreadable', message: 'EACCES' },
      changed: [],
    })
  })
})

describe('scanUnit and strange content', () => {
  it('reads only the beginning of a 200 MB SKILL.md', () => {
    const { write, scan, project } = newTree()
    const head = markdown('huge', 'description: Too much of everything.') + ' '.repeat(70_000)
    write('project/.claude/skills/huge/SKILL.md', head)
    truncateSync(join(project, '.claude/skills/huge/SKILL.md'), 200_000_000)
    const result = scan()
    const skill = byPath(result, '.claude/skills/huge')
    expect(skill).toMatchObject({ hash: null, sizeBytes: 200_000_000, tokens: 50_000_000 })
    expect(codesOf(skill)).toEqual(expect.arrayContaining(['artifact.limit', 'file.too_large']))
    expect(result.counters.bytesRead).toBeLessThan(100_000)
  })

  it('cuts a large text between characters', () => {
    const { write, scan } = newTree()
    write('project/.claude/skills/long/SKILL.md', markdown('long') + 'é'.repeat(600_000))
    write('project/.claude/skills/long2/SKILL.md', `${markdown('long2')}x${'é'.repeat(600_000)}`)
    for (const skill of scan().changed) {
      expect(codesOf(skill)).toEqual(['file.too_large'])
      expect(skill.description).toMatch(/^What long2? does\.$/)
      expect(skill.hash).toMatch(/^[0-9a-f]{64}$/)
    }
  })

  it('lists binary, empty and latin-1 files with a remark', () => {
    const { write, scan } = newTree()
    write('project/.claude/skills/binary/SKILL.md', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]))
    write('project/.claude/skills/void/SKILL.md', '')
    write(
      'project/.claude/skills/latin/SKILL.md',
      Buffer.from(markdown('latin', 'description: Caf\xe9'), 'latin1'),
    )
    write('project/.claude/agents/binary.md', Buffer.from([0, 1]))
    const result = scan()
    expect(codesOf(byPath(result, '.claude/skills/binary'))).toContain('file.binary')
    expect(byPath(result, '.claude/skills/binary').hash).toMatch(/^[0-9a-f]{64}$/)
    expect(codesOf(byPath(result, '.claude/skills/void'))).toContain('file.empty')
    expect(codesOf(byPath(result, '.claude/skills/latin'))).toContain('file.not_utf8')
    expect(byPath(result, '.claude/skills/latin').description).toBe('Café')
    expect(codesOf(byPath(result, '.claude/agents/binary.md'))).toContain('file.binary')
  })

  it('reads BOM, CRLF and broken YAML, and says so', () => {
    const { write, scan } = newTree()
    write('project/.claude/skills/bom/SKILL.md', `\uFEFF${markdown('bom')}`)
    write('project/.claude/skills/crlf/SKILL.md', markdown('crlf').replaceAll('\n', '\r\n'))
    write('project/.claude/skills/yaml/SKILL.md', markdown('yaml', 'description: Use when: x: y'))
    const result = scan()
    expect(codesOf(byPath(result, '.claude/skills/bom'))).toContain('frontmatter.bom')
    expect(codesOf(byPath(result, '.claude/skills/crlf'))).toContain('frontmatter.crlf')
    expect(byPath(result, '.claude/skills/yaml').description).toBe('Use when: x: y')
    expect(codesOf(byPath(result, '.claude/skills/yaml'))).toContain('frontmatter.yaml_repaired')
  })

  it('gives no hash for more files than the limit allows, and stops counting', () => {
    const { write, scan, env } = newTree()
    env.limits.maxArtifactFiles = 5
    for (let i = 0; i < 9; i++) write(`project/.claude/skills/many/f${i}.txt`, 'x')
    write('project/.claude/skills/many/SKILL.md', markdown('many'))
    for (let i = 0; i < 4; i++) write(`project/.claude/skills/exact/f${i}.txt`, 'x')
    write('project/.claude/skills/exact/SKILL.md', markdown('exact'))
    const result = scan()
    expect(byPath(result, '.claude/skills/many')).toMatchObject({
      hash: null,
      description: 'What many does.',
    })
    expect(byPath(result, '.claude/skills/many').diagnostics).toContainEqual({
      code: 'artifact.limit',
      detail: 'more than 5 files',
    })
    expect(byPath(result, '.claude/skills/exact').hash).toMatch(/^[0-9a-f]{64}$/)
    expect(scan({}, remembered(result)).changed).toEqual([])
  })

  it.skipIf(process.platform === 'win32')('never opens pipes and devices', () => {
    const { write, scan, link, project } = newTree()
    write('project/.claude/skills/p/SKILL.md', markdown('p'))
    makePipes(join(project, '.claude/skills/p/pipe'), join(project, '.claude/skills/pipe.md'))
    write('project/.claude/commands/x.md', 'x')
    makePipes(join(project, '.claude/commands/pipe.md'), join(project, 'CLAUDE.md'))
    link('project/.claude/skills/p/zero', '/dev/zero')
    link('project/AGENTS.md', '/dev/zero')
    expect(summary(scan().changed)).toEqual(['command x .claude/commands/x.md', 'skill p .claude/skills/p'])
  })
})

describe('scanUnit and strange links and names', () => {
  it('survives links in a circle, to themselves, to their parents and to nowhere', () => {
    const { write, link, scan } = newTree()
    write('project/.claude/skills/ok/SKILL.md', markdown('ok'))
    link('project/.claude/skills/ok/up', '..')
    link('project/.claude/skills/ok/self', 'self')
    link('project/.claude/skills/a', 'b')
    link('project/.claude/skills/b', 'a')
    link('project/.claude/skills/here', '.')
    link('project/.claude/skills/parent', '../..')
    link('project/.claude/skills/lost', 'nowhere')
    write('project/.claude/agents/deep/x.md', markdown('x'))
    link('project/.claude/agents/deep/loop', '..')
    link('project/.cursor', '.cursor')
    const result = scan()
    expect(summary(result.changed)).toEqual([
      'agent x .claude/agents/deep/x.md',
      'skill ok .claude/skills/ok',
    ])
    expect(byPath(result, '.claude/skills/ok').diagnostics).toEqual([
      { code: 'file.link_loop', detail: 'self -> self' },
    ])
    expect(told(result)).toEqual([
      'file.dangling_link .claude/skills/lost',
      'file.link_loop .claude/agents/deep/loop',
      'file.link_loop .claude/skills/a',
      'file.link_loop .claude/skills/b',
      'file.link_loop .claude/skills/here',
      'file.link_loop .claude/skills/parent',
      'file.link_loop .cursor',
    ])
  })

  it('counts links to files with the content of their target and enters no linked folder', () => {
    const { write, link, scan } = newTree()
    write('project/.claude/skills/copy/SKILL.md', markdown('x'))
    write('project/.claude/skills/copy/data.txt', 'data')
    write('project/data.txt', 'data')
    write('project/.claude/skills/linked/SKILL.md', markdown('x'))
    link('project/.claude/skills/linked/data.txt', '../../../data.txt')
    link('project/.claude/skills/linked/folder', '../../..')
    const result = scan()
    expect(byPath(result, '.claude/skills/linked').hash).toBe(byPath(result, '.claude/skills/copy').hash)
  })

  it('takes names of 255 bytes, emoji and blanks', () => {
    const { write, scan } = newTree()
    const long = 'n'.repeat(255)
    write(`project/.claude/skills/${long}/SKILL.md`, markdown('long'))
    write('project/.claude/skills/🚀 rocket 👩‍👩‍👧/SKILL.md', markdown('rocket'))
    write(`project/.claude/commands/${'é'.repeat(126)}.md`, 'x')
    write('project/.claude/commands/a\nb.md', 'x')
    expect(
      scan()
        .changed.map((a) => a.name)
        .sort(),
    ).toEqual(['a\nb', long, 'é'.repeat(126), '🚀 rocket 👩‍👩‍👧'].sort())
  })

  it.skipIf(process.platform !== 'linux')('takes names that are not UTF-8, each as another one', () => {
    const { write, scan, project } = newTree()
    write('project/.claude/commands/x.md', 'x')
    write('project/.claude/skills/s/SKILL.md', markdown('s'))
    const raw = (folder: string, name: number[]) =>
      Buffer.concat([Buffer.from(`${join(project, folder)}/`), Buffer.from(name)])
    writeFileSync(raw('.claude/commands', [0xe9, 0x2e, 0x6d, 0x64]), 'one')
    writeFileSync(raw('.claude/commands', [0xe8, 0x2e, 0x6d, 0x64]), 'two')
    writeFileSync(raw('.claude/skills/s', [0xff, 0x41]), 'raw')
    const folder = raw('.claude/skills', [0x64, 0xfc])
    mkdirSync(folder)
    writeFileSync(Buffer.concat([folder, Buffer.from('/SKILL.md')]), 'x')
    const result = scan()
    expect(summary(result.changed)).toEqual([
      'command \\xe8 .claude/commands/\\xe8.md',
      'command \\xe9 .claude/commands/\\xe9.md',
      'command x .claude/commands/x.md',
      'skill d\\xfc .claude/skills/d\\xfc',
      'skill s .claude/skills/s',
    ])
    expect(byPath(result, '.claude/skills/s').sizeBytes).toBe(markdown('s').length + 3)
    const again = scan({}, remembered(result))
    expect(again.changed).toEqual([])
  })
})
