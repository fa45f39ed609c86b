import { chmodSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type DiscoverOptions,
  discoverProjects,
  unitsOf,
} from '../../../../../daemon/domains/cache/scan/discover.ts'
import { type ScanTree, useScanTree } from '../../../../support/scan-tree.ts'

const newTree = useScanTree()
const find = (tree: ScanTree, more: Partial<DiscoverOptions> = {}) =>
  discoverProjects({
    roots: [],
    maxDepth: 6,
    maxDirectories: 10_000,
    skip: [],
    folders: tree.env.folders,
    claudeProjectPaths: [],
    pluginProjectPaths: [],
    include: [],
    exclude: [],
    ...more,
  })
/** `path origins` of each, paths relative to the tree. */
const told = (tree: ScanTree, more: Partial<DiscoverOptions> = {}) =>
  find(tree, more).projects.map(
    ({ path, origins }) => `${path.slice(tree.root.length + 1)} ${origins.join('+')}`,
  )

describe('discoverProjects', () => {
  it('finds projects below the home folder without any configuration', () => {
    const tree = newTree()
    tree.write('home/projects/a/.claude/settings.json', '{}')
    tree.write('home/work/deep/er/b/.mcp.json', '{}')
    tree.write('home/src/c/AGENTS.md')
    tree.write('home/d/.cursor/mcp.json', '{}')
    tree.write('home/e/skills-lock.json', '{}')
    tree.write('home/f/.github/skills/x/SKILL.md')
    tree.write('home/not/.github/workflows/ci.yml')
    tree.write('home/not/README.md')
    expect(told(tree)).toEqual([
      'home/d root',
      'home/e root',
      'home/f root',
      'home/projects/a root',
      'home/src/c root',
      'home/work/deep/er/b root',
    ])
  })

  it("takes neither the home folder nor the user's own configuration for a project", () => {
    const tree = newTree()
    tree.write('home/.claude/settings.json', '{}')
    tree.write('home/.claude/projects/x/.mcp.json', '{}')
    tree.write('home/.claude/CLAUDE.md')
    tree.write('home/.skillmeat/collections/default/collection.toml')
    tree.write('home/AGENTS.md')
    const { home } = tree
    const own = [home, join(home, '.claude'), join(home, '.claude/projects/x'), '/']
    expect(find(tree, { claudeProjectPaths: own, cwd: join(home, '.claude') }).projects).toEqual([])
  })

  it('skips dependencies, hidden, system and configured folders, and virtual environments', () => {
    const tree = newTree()
    for (const folder of [
      'node_modules/x',
      '.hidden',
      'vendor/x',
      'app/node_modules/y',
      'Library/x',
      'Pictures/x',
      'go/pkg/mod/x',
      'secret/x',
    ]) {
      tree.write(`home/${folder}/.mcp.json`, '{}')
    }
    tree.write('home/env/pyvenv.cfg')
    tree.write('home/env/lib/x/.mcp.json', '{}')
    tree.write('home/dev/Library/.mcp.json', '{}')
    expect(told(tree, { skip: ['secret'] })).toEqual(['home/dev/Library root'])
  })

  it('ends a branch at a project that is a repository, and goes on below any other', () => {
    const tree = newTree()
    tree.write('home/repo/.git/HEAD')
    tree.write('home/repo/CLAUDE.md')
    tree.write('home/repo/packages/inner/CLAUDE.md')
    tree.write('home/plain/CLAUDE.md')
    tree.write('home/plain/inner/CLAUDE.md')
    tree.write('home/bare/.git/HEAD')
    tree.write('home/bare/inner/CLAUDE.md')
    expect(told(tree)).toEqual([
      'home/bare/inner root',
      'home/plain root',
      'home/plain/inner root',
      'home/repo root',
    ])
  })

  it('keeps to its bounds and says when it stopped early', () => {
    const tree = newTree()
    tree.write('home/a/b/c/.mcp.json', '{}')
    for (let i = 0; i < 30; i++) mkdirSync(join(tree.home, `n${i}`))
    expect(told(tree, { maxDepth: 2 })).toEqual([])
    expect(told(tree, { maxDepth: 3 })).toEqual(['home/a/b/c root'])
    const stopped = find(tree, { maxDirectories: 5 })
    expect(stopped).toMatchObject({ truncated: true, counters: { directories: 5 + 1 } })
    expect(find(tree).truncated).toBe(false)
  })

  it('walks configured roots instead, `~` included, and itself may be a project', () => {
    const tree = newTree()
    tree.write('home/a/.mcp.json', '{}')
    tree.write('elsewhere/.mcp.json', '{}')
    tree.write('elsewhere/b/.mcp.json', '{}')
    expect(told(tree, { roots: [join(tree.root, 'elsewhere'), join(tree.root, 'none')] })).toEqual([
      'elsewhere root',
      'elsewhere/b root',
    ])
    expect(told(tree, { roots: ['~/a'], maxDepth: 0 })).toEqual(['home/a root'])
  })

  it('walks nothing when only named projects are asked for', () => {
    const tree = newTree()
    tree.write('home/a/.mcp.json', '{}')
    tree.write('home/b/.mcp.json', '{}')
    expect(told(tree, { maxDepth: 0, include: [join(tree.home, 'b')] })).toEqual(['home/b added'])
  })

  it('knows one folder by one path: links, several sources, trailing slashes', () => {
    const tree = newTree()
    tree.write('home/real/.mcp.json', '{}')
    symlinkSync(join(tree.home, 'real'), join(tree.home, 'alias'))
    symlinkSync('alias', join(tree.home, 'alias-of-alias'))
    expect(
      told(tree, {
        claudeProjectPaths: [join(tree.home, 'alias'), `${join(tree.home, 'real')}/`],
        pluginProjectPaths: [join(tree.home, 'alias-of-alias')],
        include: ['~/alias'],
        cwd: join(tree.home, 'alias'),
      }),
    ).toEqual(['home/real added+claude+plugin+cwd+root'])
  })

  it('is not caught by loops of links', () => {
    const tree = newTree()
    tree.write('home/a/.mcp.json', '{}')
    symlinkSync('..', join(tree.home, 'a/up'))
    symlinkSync('loop', join(tree.home, 'loop'))
    const found = find(tree, { claudeProjectPaths: [join(tree.home, 'loop'), join(tree.home, 'a/up/a')] })
    expect(found.projects.map(({ name, unreadable }) => [name, unreadable])).toEqual([
      ['a', null],
      ['loop', 'ELOOP'],
    ])
  })

  it('keeps vanished projects and files in their place visible', () => {
    const tree = newTree()
    tree.write('home/file')
    const { projects } = find(tree, {
      claudeProjectPaths: [join(tree.home, 'gone/'), join(tree.home, 'file/below'), 'relative', '/bad\0name'],
      include: [join(tree.home, 'file')],
    })
    expect(projects).toEqual([
      {
        path: join(tree.home, 'file'),
        name: 'file',
        origins: ['added'],
        missing: false,
        unreadable: 'not a folder',
      },
      {
        path: join(tree.home, 'file/below'),
        name: 'below',
        origins: ['claude'],
        missing: true,
        unreadable: null,
      },
      { path: join(tree.home, 'gone'), name: 'gone', origins: ['claude'], missing: true, unreadable: null },
    ])
    expect(unitsOf(projects, [], tree.env.folders).map((unit) => unit.kind)).toEqual(['user'])
  })

  it.skipIf(process.getuid?.() === 0)('keeps unreadable projects visible with the reason', () => {
    const tree = newTree()
    tree.write('home/a/.mcp.json', '{}')
    tree.write('home/b/.mcp.json', '{}')
    chmodSync(join(tree.home, 'a'), 0)
    const found = find(tree, { claudeProjectPaths: [join(tree.home, 'a')] })
    chmodSync(join(tree.home, 'a'), 0o755)
    expect(found.projects.map(({ name, unreadable }) => [name, unreadable])).toEqual([
      ['a', 'EACCES'],
      ['b', null],
    ])
    expect(found.diagnostics).toEqual([
      { code: 'file.unreadable', detail: 'EACCES', relPath: join(tree.home, 'a') },
    ])
  })

  it('leaves excluded paths out, with everything below them, however they were found', () => {
    const tree = newTree()
    tree.write('home/a/.mcp.json', '{}')
    tree.write('home/a/inner/.mcp.json', '{}')
    tree.write('home/ab/.mcp.json', '{}')
    const inner = join(tree.home, 'a/inner')
    expect(told(tree, { exclude: ['~/a'], claudeProjectPaths: [inner], include: [inner] })).toEqual([
      'home/ab root',
    ])
  })

  it('takes the project around the current folder', () => {
    const tree = newTree()
    tree.write('work/repo/.git/HEAD')
    tree.write('work/repo/.claude/settings.json', '{}')
    tree.write('work/repo/src/deep/x')
    tree.write('work/bare/.git/HEAD')
    tree.write('work/bare/src/x')
    const nowhere = { roots: [join(tree.root, 'none')] }
    expect(told(tree, { ...nowhere, cwd: join(tree.root, 'work/repo/src/deep') })).toEqual(['work/repo cwd'])
    expect(told(tree, { ...nowhere, cwd: join(tree.root, 'work/bare/src') })).toEqual([])
    expect(told(tree, { ...nowhere, cwd: join(tree.root, 'gone') })).toEqual([])
  })

  it('reads the folder of the newest transcript, and nothing else of it', () => {
    const tree = newTree()
    const line = (cwd: string) =>
      `${JSON.stringify({ type: 'summary' })}\n${JSON.stringify({ cwd, message: 'x' })}\n`
    tree.write('work/old/.mcp.json', '{}')
    tree.write('work/new/.mcp.json', '{}')
    tree.write('work/plain/x')
    const sessions = 'home/.claude/projects'
    tree.write(`${sessions}/-work/1.jsonl`, line(join(tree.root, 'work/old')))
    tree.write(`${sessions}/-work/2.jsonl`, line(join(tree.root, 'work/new')))
    tree.write(`${sessions}/-plain/1.jsonl`, line(join(tree.root, 'work/plain')))
    tree.write(`${sessions}/-gone/1.jsonl`, line(join(tree.root, 'work/gone')))
    tree.write(`${sessions}/-bad/1.jsonl`, `{"cwd": \n{"cwd": 7}\n${'x'.repeat(200_000)}`)
    tree.write(`${sessions}/-empty/1.jsonl`)
    utimesSync(join(tree.root, sessions, '-work/1.jsonl'), 1000, 1000)
    const found = find(tree, { roots: [join(tree.root, 'none')] })
    expect(found.projects.map((project) => project.path)).toEqual([join(tree.root, 'work/new')])
    expect(found.counters.bytesRead).toBeLessThan(70_000)
  })

  it('finds projects with exotic names', () => {
    const tree = newTree()
    const names = ['émoji 🎉', 'a'.repeat(255), ' leading blank', 'it\'s "quoted"', '-dash', '$HOME', 'новый']
    for (const name of names) tree.write(`home/${name}/.mcp.json`, '{}')
    expect(
      find(tree)
        .projects.map((project) => project.name)
        .sort(),
    ).toEqual([...names].sort())
  })
})

describe('unitsOf', () => {
  it('scans the user, what is managed, collections, plugins and every project that can be read', () => {
    const tree = newTree()
    tree.write('managed/managed-settings.json', '{}')
    tree.env.folders.claudeManaged = join(tree.root, 'managed')
    tree.write('home/.skillmeat/collections/default/collection.toml')
    tree.write('home/.skillmeat/collections/other/manifest.toml')
    tree.write('home/.skillmeat/collections/bundles/x.skillmeat-pack')
    symlinkSync('default', join(tree.home, '.skillmeat/collections/linked'))
    tree.write('home/a/.mcp.json', '{}')
    const plugin = { kind: 'plugin', path: '/x', name: 'p@m' } as const
    expect(
      unitsOf(find(tree).projects, [plugin], tree.env.folders).map((unit) => `${unit.kind} ${unit.name}`),
    ).toEqual([
      'user user',
      'managed managed',
      'collection linked',
      'collection other',
      'plugin p@m',
      'project a',
    ])
  })
})
