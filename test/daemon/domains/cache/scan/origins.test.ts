/** What each manager's record says of the origin of what it installed (ecosystem spec 2.6, 5, 6). */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ScannedArtifact } from '../../../../../daemon/domains/cache/scan/types.ts'
import { type ScanTree, useScanTree } from '../../../../support/scan-tree.ts'
import { git, initRepository } from '../../../../support/upstream-repo.ts'

const newTree = useScanTree()
const json = JSON.stringify
const text = '---\nname: demo\ndescription: D.\n---\n'
const commit = '0123456789abcdef0123456789abcdef01234567'
const github = { kind: 'github', owner: 'o', repo: 'r', ref: null }

/** A project with the skill `demo`; `prepare` writes the record. */
function scanned(prepare: (tree: ScanTree) => void): ScannedArtifact {
  const tree = newTree()
  tree.write('project/.claude/skills/demo/SKILL.md', text)
  prepare(tree)
  const { changed } = tree.scan()
  return changed.find(({ name }) => name === 'demo') as ScannedArtifact
}

/** The id git gives the skill. */
function treeOf(skillText = text): string {
  const tree = newTree()
  tree.write('repo/SKILL.md', skillText)
  const dir = join(tree.root, 'repo')
  initRepository(dir)
  git(dir, 'add', '--all')
  return git(dir, 'write-tree')
}

describe('origins of a skill', () => {
  const local = treeOf()

  it('the skills CLI, in a project: what still has its hash is what was installed', () => {
    const lock = (computedHash: string) => (tree: ScanTree) =>
      tree.write(
        'project/skills-lock.json',
        json({
          version: 1,
          skills: {
            demo: { source: 'o/r', sourceType: 'github', skillPath: 'skills/demo/SKILL.md', computedHash },
          },
        }),
      )
    const hash = '51b1ba8cb8c5d3d4f3a4ae2c5e7c1b64b7fdd3a1d2f3b2b35b0f5d5df3f6a0c1'
    expect(scanned(lock(hash)).origin).toMatchObject({
      source: github,
      path: 'skills/demo',
      baseDigest: null,
      localDigest: local,
      localModified: true,
    })
  })

  it('the skills CLI, in a project, with a tag and the skill at the root', () => {
    const origin = scanned((tree) =>
      tree.write(
        'project/skills-lock.json',
        json({
          version: 1,
          skills: { demo: { source: 'o/r', sourceType: 'github', ref: 'v1.2.0', skillPath: 'SKILL.md' } },
        }),
      ),
    ).origin
    expect(origin).toMatchObject({
      source: { ...github, ref: 'v1.2.0' },
      path: '',
      baseVersion: 'v1.2.0',
      localModified: null,
    })
  })

  it.each([
    ['node_modules', { sourceType: 'node_modules', source: '@s/p' }, 'source_unsupported', null],
    [
      'well-known',
      { sourceType: 'well-known', sourceUrl: 'https://h.example/x' },
      'source_unsupported',
      null,
    ],
    [
      'a folder',
      { sourceType: 'local', source: '/srv/skills' },
      { kind: 'path', path: '/srv/skills' },
      'skills/demo',
    ],
    [
      'GitLab',
      { sourceType: 'gitlab', sourceUrl: 'https://gitlab.com/g/r.git' },
      { kind: 'git', url: 'https://gitlab.com/g/r.git', ref: null },
      'skills/demo',
    ],
    ['no path', { sourceType: 'github', source: 'o/r', skillPath: undefined }, github, null],
  ])('the skills CLI, from %s', (_, entry, source, path) => {
    const origin = scanned((tree) =>
      tree.write(
        'project/skills-lock.json',
        json({
          version: 1,
          skills: { demo: { source: 'o/r', skillPath: 'skills/demo/SKILL.md', ...entry } },
        }),
      ),
    ).origin
    expect(origin).toMatchObject({ source, path })
  })

  it('gh skill: what it wrote into the file is no change, and what it spells anew no evidence', () => {
    const wrote = (tree: string) =>
      text
        .replace('---\n\n', '')
        .replace(
          /---\n$/,
          `metadata:\n  github-repo: https://github.com/o/r\n  github-ref: refs/tags/v1.0.0\n  github-tree-sha: ${tree}\n  github-path: skills/demo\n---\n`,
        )
    const origin = (recorded: string) =>
      scanned((tree) => tree.write('project/.claude/skills/demo/SKILL.md', wrote(recorded))).origin
    expect(origin(local)).toMatchObject({
      source: github,
      path: 'skills/demo',
      baseVersion: 'v1.0.0',
      baseDigest: local,
      localDigest: local,
    })
    expect(origin(commit)).toMatchObject({ baseDigest: commit, localDigest: null })
  })

  it('openskills: no record of what was installed, but of where from', () => {
    const { origin } = scanned((tree) =>
      tree.write(
        'project/.claude/skills/demo/.openskills.json',
        json({
          repoUrl: 'https://github.com/o/r',
          subpath: 'skills/demo',
          sourceType: 'git',
          installedAt: '2026-01-01',
        }),
      ),
    )
    expect(origin).toMatchObject({
      source: github,
      path: 'skills/demo',
      baseDigest: null,
      localDigest: local,
      localModified: null,
      baseMark: '2026-01-01',
    })
  })

  it('rulesync: the commit, but not the place inside of the repository', () => {
    const { origin } = scanned((tree) =>
      tree.write(
        'project/rulesync.lock',
        json({
          lockfileVersion: 1,
          sources: { 'o/r': { requestedRef: 'main', resolvedRef: commit, skills: { demo: {} } } },
        }),
      ),
    )
    expect(origin).toMatchObject({ source: { ...github, ref: 'main' }, path: null, baseRevision: commit })
  })

  it('skillshare: the tree it had, which tells of files that were added since', () => {
    const tree = newTree()
    const entry = {
      repo_url: 'https://github.com/o/r',
      subdir: 'skills/demo',
      branch: 'main',
      tree_hash: local,
      file_hashes: { 'SKILL.md': `sha256:${createHash('sha256').update(text).digest('hex')}` },
    }
    tree.write('project/.skillshare/skills/.metadata.json', json({ version: 1, entries: { demo: entry } }))
    tree.write('project/.skillshare/skills/demo/SKILL.md', text)
    tree.write('project/.claude/skills/x/SKILL.md', text)
    tree.link('project/.claude/skills/demo', '../../.skillshare/skills/demo')
    const origin = () => tree.scan().changed.find(({ name }) => name === 'demo')?.origin
    expect(origin()).toMatchObject({
      source: { ...github, ref: 'main' },
      path: 'skills/demo',
      baseDigest: local,
      localDigest: local,
    })
    tree.write('project/.skillshare/skills/demo/more.md', 'added')
    const added = origin()
    expect(added?.localDigest).not.toBe(local)
    expect(added?.localModified).toBeNull()
  })

  it('apm: the commit, and the place of a package that is one thing', () => {
    const { origin } = scanned((tree) =>
      tree.write(
        'project/apm.lock.yaml',
        `dependencies:\n  - repo_url: o/r\n    resolved_commit: ${commit}\n    resolved_ref: main\n    virtual_path: pack/demo\n    deployed_files: [.claude/skills/demo/]\n`,
      ),
    )
    expect(origin).toMatchObject({
      source: { ...github, ref: 'main' },
      path: 'pack/demo',
      baseRevision: commit,
      localDigest: local,
      localModified: null,
    })
  })

  it('a deployment: judged against the collection on this machine', () => {
    const hash = 'b'.repeat(64)
    const { origin } = scanned((tree) => {
      tree.write(
        'project/.claude/.skillmeat-deployed.toml',
        `[[deployed]]\nartifact_name = "demo"\nartifact_type = "skill"\nfrom_collection = "default"\nartifact_path = "skills/demo"\ncontent_hash = "${hash}"\n`,
      )
      tree.env.collectionHashes = { 'default/demo::skill': hash }
    })
    expect(origin).toMatchObject({
      source: 'collection',
      path: 'default/demo::skill',
      localModified: true,
      baseMark: hash,
    })
  })

  it('nobody: a skill of one\u2019s own, whose project may be a repository all the same', () => {
    const { origin, source } = scanned((tree) => tree.write('project/.git/HEAD', 'ref: refs/heads/main\n'))
    expect([origin, source]).toEqual([undefined, null])
  })
})

describe('origins of other artifacts', () => {
  it('a collection follows what the user asked for, not the commit in the address', () => {
    const tree = newTree()
    tree.write('collection/skills/demo/SKILL.md', text)
    const upstream = `https://github.com/o/r/tree/${commit}/skills/demo`
    const manifest = (wanted: string): string =>
      `[collection]\nname = "default"\n[[artifacts]]\nname = "demo"\ntype = "skill"\npath = "skills/demo/"\norigin = "github"\nupstream = "${upstream}"\nversion_spec = "${wanted}"\nresolved_sha = "${commit}"\nresolved_version = "v1.0.0"\n`
    const scan = (wanted: string) => {
      tree.write('collection/collection.toml', manifest(wanted))
      const unit = { kind: 'collection', path: join(tree.root, 'collection'), name: 'default' } as const
      return tree.scan(unit).changed.find(({ name }) => name === 'demo')?.origin
    }
    expect(scan('latest')).toMatchObject({
      source: github,
      path: 'skills/demo',
      baseRevision: commit,
      baseVersion: 'v1.0.0',
      localDigest: treeOf(),
    })
    expect(scan('dev')?.source).toEqual({ ...github, ref: 'dev' })
  })

  it('servers: a package of npm with its version; what floats or comes from elsewhere says why not', () => {
    const tree = newTree()
    const server = (...args: string[]) => ({ command: args[0], args: args.slice(1) })
    tree.write(
      'project/.mcp.json',
      json({
        mcpServers: {
          pinned: server('npx', '-y', '@scope/server@1.2.0'),
          floating: server('npx', '-y', 'server@latest'),
          python: server('uvx', 'server==1.0'),
          own: server('node', 'server.js'),
        },
      }),
    )
    const origins = Object.fromEntries(
      tree.scan().changed.flatMap(({ type, name, origin }) => (type === 'mcp' ? [[name, origin]] : [])),
    )
    expect(origins).toMatchObject({
      pinned: {
        source: { kind: 'npm', name: '@scope/server', registry: null },
        path: '',
        baseVersion: '1.2.0',
      },
      floating: { source: 'not_pinned' },
      python: { source: 'source_unsupported' },
    })
    expect(origins.own).toBeUndefined()
  })

  it('reads files for their ids only where there is somebody to ask', () => {
    const counted = (withLock: boolean): number => {
      const tree = newTree()
      tree.write('project/.claude/skills/demo/SKILL.md', text)
      tree.write('project/.claude/skills/other/SKILL.md', text)
      const lock = {
        version: 1,
        skills: withLock ? { demo: { source: 'o/r', skillPath: 'a/SKILL.md' } } : {},
      }
      tree.write('project/skills-lock.json', json(lock))
      return tree.scan().counters.filesRead
    }
    expect(counted(true)).toBe(counted(false) + 1)
  })
})
