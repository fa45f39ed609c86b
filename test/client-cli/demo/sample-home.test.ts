import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parse as parseToml } from 'smol-toml'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { type SampleHome, sampleProjects, writeSampleHome } from '../../../client-cli/demo/sample-home.ts'
import { computedHash, hashH1, sha256 } from '../../demo/folder-hashes.ts'
import type { FileBytes } from '../../demo/tree-writer.ts'

type Records = { deployed: Array<Record<'artifact_name' | 'artifact_path' | 'content_hash', string>> }
type Lock = { lock: { entries: Record<string, { content_hash: string }> } }

describe('writeSampleHome', () => {
  let folder: string
  let sample: SampleHome
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'smd-sample-'))
    sample = writeSampleHome(path.join(folder, 'home'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const file = (...parts: string[]): string => path.join(sample.home, ...parts)
  const json = (...parts: string[]) => JSON.parse(readFileSync(file(...parts), 'utf8'))
  const filesIn = (...parts: string[]): FileBytes[] =>
    readdirSync(file(...parts), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((at) => ({
        path: path
          .relative(file(...parts), at)
          .split(path.sep)
          .join('/'),
        bytes: readFileSync(at),
      }))

  it('makes four projects that a walk recognises, and records one that is gone', () => {
    expect(sample.projects.map((project) => path.basename(project))).toEqual([...sampleProjects])
    for (const project of sample.projects) {
      expect(['.claude', '.agents'].some((name) => existsSync(path.join(project, name)))).toBe(true)
    }
    const recorded = Object.keys(json('.claude.json').projects)
    expect(recorded).toContain(sample.vanishedProject)
    expect(recorded.filter((project) => !existsSync(project))).toEqual([sample.vanishedProject])
  })

  it('holds a deployed skill that was edited, one that is outdated, and a command in step', () => {
    const webshop = file('projects', 'webshop', '.claude')
    const text = readFileSync(path.join(webshop, '.skillmeat-deployed.toml'), 'utf8')
    const { deployed } = parseToml(text) as unknown as Records
    const lock = parseToml(
      readFileSync(file('.skillmeat', 'collections', 'default', 'collection.lock'), 'utf8'),
    ) as unknown as Lock
    const states = deployed.map((record) => {
      const parts = ['projects', 'webshop', '.claude', ...record.artifact_path.split('/')]
      const isFile = record.artifact_path.endsWith('.md')
      const now = isFile ? sha256(readFileSync(file(...parts))) : hashH1(filesIn(...parts))
      const offered = lock.lock.entries[`${record.artifact_name}::${isFile ? 'command' : 'skill'}`]
      return {
        name: record.artifact_name,
        modified: now !== record.content_hash,
        outdated: offered?.content_hash !== record.content_hash,
      }
    })
    expect(states).toEqual([
      { name: 'code-review', modified: true, outdated: false },
      { name: 'api-errors', modified: false, outdated: true },
      { name: 'explain', modified: false, outdated: false },
    ])
  })

  it('locks what its collection really holds', () => {
    const root = ['.skillmeat', 'collections', 'default']
    const { lock } = parseToml(readFileSync(file(...root, 'collection.lock'), 'utf8')) as unknown as Lock
    const { artifacts } = parseToml(readFileSync(file(...root, 'collection.toml'), 'utf8')) as unknown as {
      artifacts: Array<Record<'name' | 'type' | 'path', string>>
    }
    expect(artifacts).toHaveLength(3)
    for (const { name, type, path: at } of artifacts) {
      const hash = type === 'skill' ? hashH1(filesIn(...root, at)) : sha256(readFileSync(file(...root, at)))
      expect(lock.entries[`${name}::${type}`]?.content_hash).toBe(hash)
    }
  })

  it('installs a plugin in an older version than the marketplace offers', () => {
    const [[id, [entry]]] = Object.entries(json('.claude', 'plugins', 'installed_plugins.json').plugins) as [
      [string, [{ version: string; installPath: string }]],
    ]
    const [name, marketplace] = id.split('@') as [string, string]
    const catalogue = json(
      '.claude',
      'plugins',
      'marketplaces',
      marketplace,
      '.claude-plugin',
      'marketplace.json',
    )
    const offered = catalogue.plugins.find((plugin: { name: string }) => plugin.name === name)
    expect(json('.claude', 'settings.json').enabledPlugins).toEqual({ [id]: true })
    expect(existsSync(path.join(entry.installPath, '.claude-plugin', 'plugin.json'))).toBe(true)
    expect(offered.version).not.toBe(entry.version)
  })

  it('holds one skill whose frontmatter is not valid YAML, and only one', () => {
    const broken = filesIn('.').filter(({ path: at, bytes }) => {
      const block = /^---\n([\s\S]*?)\n---\n/.exec(bytes.toString('utf8'))?.[1]
      return at.endsWith('.md') && block !== undefined && parseDocument(block).errors.length > 0
    })
    expect(broken.map(({ path: at }) => at)).toEqual([
      'projects/data-pipeline/.claude/skills/sql-review/SKILL.md',
    ])
  })

  it('locks the installed skill by the recipe of the skills CLI', () => {
    const { skills } = json('projects', 'mobile-app', 'skills-lock.json')
    const files = filesIn('projects', 'mobile-app', '.agents', 'skills', 'accessibility-check')
    expect(skills['accessibility-check'].computedHash).toBe(computedHash(files))
  })

  it('never overwrites a file', () => {
    expect(() => writeSampleHome(sample.home)).toThrow(expect.objectContaining({ code: 'EEXIST' }))
  })
})
