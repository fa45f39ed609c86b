import { createHash } from 'node:crypto'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readProvenance } from '../../../../../daemon/domains/cache/scan/provenance.ts'
import type { ScannedArtifact, ScanUnit } from '../../../../../daemon/domains/cache/scan/types.ts'
import { type ScanTree, useScanTree } from '../../../../support/scan-tree.ts'

const newTree = useScanTree()
const json = JSON.stringify
const sha = (text: string): string => createHash('sha256').update(text).digest('hex')
const [B, C, P] = [sha('base'), sha('collection'), sha('project')] as const

const artifact = (relPath: string, more: Partial<ScannedArtifact> = {}): ScannedArtifact => ({
  type: 'skill',
  scope: 'project',
  name: relPath.split('/').at(-1) ?? '',
  host: 'claude-code',
  relPath,
  fragment: '',
  title: null,
  description: null,
  tags: [],
  source: null,
  deployedVersion: null,
  upstreamVersion: null,
  isOutdated: false,
  localModified: false,
  hash: P,
  sizeBytes: 1,
  tokens: 1,
  modifiedAt: 1,
  statSig: '',
  diagnostics: [],
  metadata: {},
  ...more,
})

const projectUnit = (tree: ScanTree): ScanUnit => ({ kind: 'project', path: tree.project, name: 'project' })
const applied = (tree: ScanTree, unit: ScanUnit, given: ScannedArtifact): ScannedArtifact => {
  const { apply, diagnostics } = readProvenance(unit, tree.env, null)
  expect(diagnostics).toEqual([])
  apply(given)
  return given
}

const record = (more: object = {}): string =>
  Object.entries({
    artifact_name: 'demo',
    artifact_type: 'skill',
    from_collection: 'default',
    deployed_at: '2026-01-02T03:04:05.893522',
    artifact_path: 'skills/demo',
    content_hash: B,
    local_modifications: false,
    ...more,
  })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} = ${json(value)}`)
    .join('\n')

describe('readProvenance: deployment records (formats spec 7, 12)', () => {
  const states = (hash: string, collection: string | null) => {
    const tree = newTree()
    tree.write('project/.claude/.skillmeat-deployed.toml', `[[deployed]]\n${record()}\n`)
    if (collection) tree.env.collectionHashes['default/demo::skill'] = collection
    const { localModified, isOutdated } = applied(
      tree,
      projectUnit(tree),
      artifact('.claude/skills/demo', { hash }),
    )
    return { localModified, isOutdated }
  }

  it('compares base, collection and project', () => {
    expect(states(B, B)).toEqual({ localModified: false, isOutdated: false })
    expect(states(P, B)).toEqual({ localModified: true, isOutdated: false })
    expect(states(B, C)).toEqual({ localModified: false, isOutdated: true })
    expect(states(P, C)).toEqual({ localModified: true, isOutdated: true })
    expect(states(C, C)).toEqual({ localModified: false, isOutdated: false })
    expect(states(P, null)).toEqual({ localModified: true, isOutdated: false })
  })

  it('reads both spellings, old files, and every profile root', () => {
    const tree = newTree()
    tree.write('project/.claude/.skillmeat-deployed.toml', 'deployed = []\n')
    tree.write(
      'project/.codex/.skillmeat-deployed.toml',
      `deployed = [ { ${record({ content_hash: undefined, collection_sha: B }).replaceAll('\n', ', ')} } ]\n`,
    )
    tree.write(
      'project/.cursor/.skillmeat-deployed.toml',
      `[[deployed]]\n${record({ artifact_type: 'command', artifact_path: 'commands/git/x.md', artifact_name: 'x' })}\n`,
    )
    const unit = projectUnit(tree)
    expect(applied(tree, unit, artifact('.codex/skills/demo')).metadata.managedBy).toBe('skillmeat')
    const command = applied(tree, unit, artifact('.cursor/commands/git/x.md', { type: 'command', hash: B }))
    expect(command).toMatchObject({ source: 'collection:default/command/x', localModified: false })
    expect(applied(tree, unit, artifact('.claude/skills/demo')).source).toBeNull()
  })

  it('takes source and version from the collection when it knows them', () => {
    const tree = newTree()
    tree.write('project/.claude/.skillmeat-deployed.toml', `[[deployed]]\n${record()}\n`)
    tree.env.collectionHashes['default/demo::skill'] = B
    tree.env.collectionSources = {
      'default/demo::skill': { source: 'github:o/r/skills/demo@v1', version: 'v1' },
    }
    expect(applied(tree, projectUnit(tree), artifact('.claude/skills/demo', { hash: B }))).toMatchObject({
      source: 'github:o/r/skills/demo@v1',
      deployedVersion: 'v1',
      upstreamVersion: 'v1',
    })
  })

  it('tells bad records and files, reads the rest, and tells them again in every scan', () => {
    const tree = newTree()
    tree.write(
      'project/.claude/.skillmeat-deployed.toml',
      `[[deployed]]\nartifact_name = "x"\n[[deployed]]\n${record()}\n`,
    )
    tree.write('project/.codex/.skillmeat-deployed.toml', 'not toml')
    const first = readProvenance(projectUnit(tree), tree.env, null)
    expect(first.diagnostics.map((d) => `${d.code} ${d.relPath}`)).toEqual([
      'record.bad_entry .claude/.skillmeat-deployed.toml',
      'config.invalid_toml .codex/.skillmeat-deployed.toml',
    ])
    const demo = artifact('.claude/skills/demo')
    first.apply(demo)
    expect(demo.localModified).toBe(true)
    const again = readProvenance(projectUnit(tree), tree.env, first.provenanceSig)
    expect(again).toMatchObject({ unchanged: true, diagnostics: first.diagnostics })
  })

  it('reads nothing while neither records nor collections change, and still applies (CACHE-2.2b)', () => {
    const tree = newTree()
    tree.write('project/.claude/.skillmeat-deployed.toml', `[[deployed]]\n${record()}\n`)
    tree.env.collectionHashes['default/demo::skill'] = B
    const first = readProvenance(projectUnit(tree), tree.env, null)
    expect(first.provenanceSig).not.toContain('|')
    const again = readProvenance(projectUnit(tree), tree.env, first.provenanceSig)
    expect(again).toMatchObject({ unchanged: true, counters: { filesRead: 0 } })
    const demo = artifact('.claude/skills/demo')
    again.apply(demo)
    expect(demo.localModified).toBe(true)

    const other = { ...tree.env, collectionHashes: { 'default/demo::skill': B, 'default/other::skill': C } }
    const unaffected = readProvenance(projectUnit(tree), other, first.provenanceSig)
    expect(unaffected.unchanged).toBe(true)
    expect(readProvenance(projectUnit(tree), other, unaffected.provenanceSig).counters.filesRead).toBe(0)
    const affected = { ...tree.env, collectionHashes: { 'default/demo::skill': C } }
    expect(readProvenance(projectUnit(tree), affected, first.provenanceSig).unchanged).toBe(false)
    tree.write('project/.claude/.skillmeat-deployed.toml', 'deployed = []\n')
    expect(readProvenance(projectUnit(tree), tree.env, first.provenanceSig).unchanged).toBe(false)
  })
})

describe('readProvenance: lock files (ecosystem spec 5, 6)', () => {
  const skillHash = (files: Record<string, string>): string => {
    const hash = createHash('sha256')
    for (const path of Object.keys(files).sort((a, b) => a.localeCompare(b)))
      hash.update(path).update(files[path] as string)
    return hash.digest('hex')
  }
  const files = { 'SKILL.md': 'text', 'b.md': 'b', 'A.md': 'a', 'sub/x.txt': 'x' }
  const lock = (more: object = {}) =>
    json({
      version: 1,
      skills: {
        'My Demo': {
          source: 'o/r',
          ref: 'v1.2.0',
          sourceType: 'github',
          skillPath: 'skills/demo/SKILL.md',
          computedHash: skillHash(files),
          ...more,
        },
      },
    })
  const write = (tree: ScanTree, folder: string) => {
    for (const [path, text] of Object.entries(files)) tree.write(`${folder}/${path}`, text)
  }

  it('knows skills of skills-lock.json, and whether they were changed', () => {
    const tree = newTree()
    tree.write('project/skills-lock.json', lock())
    write(tree, 'project/.agents/skills/my-demo')
    tree.write('project/.agents/skills/my-demo/node_modules/x.js', 'not counted')
    const unit = projectUnit(tree)
    expect(applied(tree, unit, artifact('.agents/skills/my-demo'))).toMatchObject({
      source: 'github:o/r/skills/demo@v1.2.0',
      deployedVersion: 'v1.2.0',
      localModified: false,
      metadata: { managedBy: 'skills' },
    })
    tree.write('project/.agents/skills/my-demo/b.md', 'edited')
    expect(applied(tree, unit, artifact('.agents/skills/my-demo')).localModified).toBe(true)
    expect(applied(tree, unit, artifact('.agents/skills/other')).source).toBeNull()
    expect(applied(tree, unit, artifact('.claude/commands/my-demo', { type: 'command' })).source).toBeNull()
  })

  it('accepts a hash made on a machine with another order of names', () => {
    const tree = newTree()
    const hash = createHash('sha256')
    for (const path of Object.keys(files).sort()) hash.update(path).update(files[path as keyof typeof files])
    tree.write('project/skills-lock.json', lock({ computedHash: hash.digest('hex') }))
    write(tree, 'project/.agents/skills/my-demo')
    expect(applied(tree, projectUnit(tree), artifact('.agents/skills/my-demo')).localModified).toBe(false)
  })

  it('names sources of every type', () => {
    const sourceOf = (entry: object) => {
      const tree = newTree()
      tree.write('project/skills-lock.json', lock({ computedHash: undefined, ref: undefined, ...entry }))
      return applied(tree, projectUnit(tree), artifact('.agents/skills/my-demo')).source
    }
    expect(sourceOf({})).toBe('github:o/r/skills/demo')
    expect(sourceOf({ sourceType: 'gitlab', source: 'g/r', sourceUrl: 'https://gitlab.com/g/r.git' })).toBe(
      'gitlab:g/r/skills/demo',
    )
    expect(sourceOf({ sourceType: 'git', sourceUrl: 'git@h.example:a/b.git', skillPath: 'SKILL.md' })).toBe(
      'git:h.example/a/b',
    )
    expect(sourceOf({ sourceType: 'local', source: './skills' })).toBe('local:./skills')
    expect(sourceOf({ sourceType: 'well-known', sourceUrl: 'https://h.example/x?key=hunter' })).toBe(
      'well-known:https://h.example/x',
    )
    expect(sourceOf({ sourceType: 'node_modules', source: '@s/p' })).toBe('npm:@s/p')
  })

  it('reads the global lock from the state folder, else from ~/.agents', () => {
    const global = (ref: string) =>
      json({
        version: 3,
        skills: { demo: { source: 'o/r', sourceType: 'github', ref, skillFolderHash: 'abc' } },
      })
    const tree = newTree()
    const unit: ScanUnit = { kind: 'user', path: tree.home, name: 'user' }
    tree.write('home/.agents/.skill-lock.json', global('home'))
    expect(applied(tree, unit, artifact('.agents/skills/demo')).deployedVersion).toBe('home')
    tree.env.folders.xdgState = join(tree.root, 'state')
    tree.write('state/skills/.skill-lock.json', global('state'))
    expect(applied(tree, unit, artifact('.claude/skills/demo'))).toMatchObject({
      deployedVersion: 'state',
      localModified: false,
    })
  })

  it('reads other versions as far as they look alike, and says so', () => {
    const tree = newTree()
    tree.write('project/skills-lock.json', lock().replace('"version":1', '"version":9'))
    const { apply, diagnostics } = readProvenance(projectUnit(tree), tree.env, null)
    expect(diagnostics.map((d) => d.code)).toEqual(['record.unknown_version'])
    const demo = artifact('.agents/skills/my-demo', { hash: null })
    apply(demo)
    expect(demo.source).toBe('github:o/r/skills/demo@v1.2.0')
  })

  it('reads apm.lock.yaml by the files it deployed', () => {
    const tree = newTree()
    tree.write(
      'project/apm.lock.yaml',
      [
        'lockfile_version: "1"',
        'dependencies:',
        '  - repo_url: o/r',
        '    resolved_commit: 0123456789abcdef0123456789abcdef01234567',
        '    virtual_path: skills/demo',
        '    deployed_files: [.github/skills/demo/, .github/agents/x.agent.md]',
        '    deployed_file_hashes:',
        `      .github/agents/x.agent.md: sha256:${B}`,
        '  - nonsense',
        '',
      ].join('\n'),
    )
    const { apply, diagnostics } = readProvenance(projectUnit(tree), tree.env, null)
    expect(diagnostics.map((d) => d.code)).toEqual(['record.bad_entry'])
    const skill = artifact('.github/skills/demo')
    const agent = artifact('.github/agents/x.agent.md', { type: 'agent' })
    for (const each of [skill, agent]) apply(each)
    expect(skill).toMatchObject({ source: 'github:o/r/skills/demo@0123456', localModified: false })
    expect(agent).toMatchObject({
      deployedVersion: '0123456',
      localModified: true,
      metadata: { managedBy: 'apm' },
    })
  })

  it('reads rulesync.lock and the metadata of skillshare, also through links', () => {
    const tree = newTree()
    tree.write(
      'project/rulesync.lock',
      json({
        lockfileVersion: 1,
        sources: { 'o/r': { requestedRef: 'v3', skills: { ruled: { integrity: 'x' } } } },
      }),
    )
    tree.write(
      'project/.skillshare/skills/.metadata.json',
      json({
        version: 1,
        entries: {
          shared: {
            repo_url: 'https://github.com/o/s',
            subdir: 'x',
            version: 'abc1234',
            file_hashes: { 'SKILL.md': `sha256:${sha('text')}` },
          },
        },
      }),
    )
    tree.write('project/.skillshare/skills/shared/SKILL.md', 'text')
    tree.write('project/.claude/skills/x', '')
    symlinkSync('../../.skillshare/skills/shared', join(tree.project, '.claude/skills/shared'))
    const unit = projectUnit(tree)
    expect(applied(tree, unit, artifact('.claude/skills/ruled'))).toMatchObject({
      source: 'github:o/r@v3',
      deployedVersion: 'v3',
    })
    expect(applied(tree, unit, artifact('.claude/skills/shared'))).toMatchObject({
      source: 'github:o/s/x@abc1234',
      localModified: false,
    })
    tree.write('project/.skillshare/skills/shared/SKILL.md', 'edited')
    expect(applied(tree, unit, artifact('.claude/skills/shared')).localModified).toBe(true)
  })

  it('survives a version that cannot even be turned into a string', () => {
    const tree = newTree()
    tree.write('project/skills-lock.json', '{"version": {"toString": 1}, "skills": {}}')
    const { diagnostics } = readProvenance(projectUnit(tree), tree.env, null)
    expect(diagnostics.map((d) => d.detail)).toEqual(['{"toString":1}'])
  })

  it('survives broken locks', () => {
    const tree = newTree()
    tree.write('project/skills-lock.json', '{"skills": [')
    tree.write('project/apm.lock.yaml', '- [')
    tree.write('project/rulesync.lock', '7')
    const { apply, diagnostics } = readProvenance(projectUnit(tree), tree.env, null)
    expect(diagnostics.map((d) => d.code)).toEqual(['config.invalid_json', 'config.invalid_yaml'])
    const demo = artifact('.claude/skills/demo')
    apply(demo)
    expect(demo).toEqual(artifact('.claude/skills/demo'))
  })
})

describe('readProvenance: records inside a skill', () => {
  it('reads what gh skill wrote into the frontmatter', () => {
    const tree = newTree()
    const metadata = {
      metadata: {
        'github-repo': 'https://github.com/o/r',
        'github-ref': 'refs/tags/v1.0.0',
        'github-path': 'skills/demo/SKILL.md',
        'github-tree-sha': 'x',
      },
    }
    expect(applied(tree, projectUnit(tree), artifact('.claude/skills/demo', { metadata }))).toMatchObject({
      source: 'github:o/r/skills/demo@v1.0.0',
      deployedVersion: 'v1.0.0',
      metadata: { managedBy: 'gh-skill' },
    })
  })

  it('reads .openskills.json beside SKILL.md', () => {
    const tree = newTree()
    tree.write(
      'project/.claude/skills/demo/.openskills.json',
      json({ source: 'o/r', sourceType: 'git', repoUrl: 'https://github.com/o/r', subpath: 'skills/demo' }),
    )
    expect(applied(tree, projectUnit(tree), artifact('.claude/skills/demo')).source).toBe(
      'github:o/r/skills/demo',
    )
  })
})

describe('readProvenance of collections and plugins', () => {
  it('compares a collection with its lock', () => {
    const tree = newTree()
    tree.write(
      'home/.skillmeat/collections/default/collection.lock',
      `[lock]\nversion = "1.0.0"\n[lock.entries."demo::skill"]\ncontent_hash = "${B}"\nfetched = "2026-01-02T03:04:05"\n[lock.entries."x::command"]\ncontent_hash = "${P}"\n`,
    )
    const unit: ScanUnit = {
      kind: 'collection',
      path: join(tree.home, '.skillmeat/collections/default'),
      name: 'default',
    }
    expect(applied(tree, unit, artifact('skills/demo')).localModified).toBe(true)
    expect(applied(tree, unit, artifact('skills/demo', { hash: B })).localModified).toBe(false)
    expect(applied(tree, unit, artifact('commands/x.md', { type: 'command' })).localModified).toBe(false)
  })

  it('gives what a plugin holds its source and version, and notices an update of it', () => {
    const tree = newTree()
    const plugin = {
      id: 'demo@m',
      marketplace: 'm',
      version: '1.0.0',
      availableVersion: null,
      source: 'github:o/m/demo',
      description: null,
      tags: [],
      projectPaths: [],
      enabled: true,
    }
    const unit: ScanUnit = { kind: 'plugin', path: tree.project, name: 'demo@m', plugin }
    expect(applied(tree, unit, artifact('skills/x'))).toMatchObject({
      source: 'github:o/m/demo',
      deployedVersion: '1.0.0',
    })
    const { provenanceSig } = readProvenance(unit, tree.env, null)
    expect(readProvenance(unit, tree.env, provenanceSig).unchanged).toBe(true)
    const updated = { ...unit, plugin: { ...plugin, version: '1.1.0' } }
    expect(readProvenance(updated, tree.env, provenanceSig).unchanged).toBe(false)
  })
})
