import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parse as parseToml } from 'smol-toml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildDemoHome, type DemoHome, readDemoHome } from './build-demo-home.ts'
import { hashH1, sha256 } from './folder-hashes.ts'
import { countExpected, type ExpectedArtifact } from './ledger.ts'
import { readFolder } from './stock.ts'

const options = { count: 5, artifactsPerProject: 60 }

describe('buildDemoHome', () => {
  let folder: string
  let demo: DemoHome
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'smd-demo-'))
    demo = buildDemoHome({ ...options, out: path.join(folder, 'one') })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const at = (relPath: string): string => path.join(demo.home, relPath)
  const ofType = (...types: string[]): ExpectedArtifact[] =>
    demo.expected.filter((a) => types.includes(a.type))

  it('makes the same bytes, links and times for the same seed, wherever it writes', () => {
    const other = buildDemoHome({ ...options, out: path.join(folder, 'two') })
    expect(fingerprint(other.home)).toEqual(fingerprint(demo.home))
    expect(other.expected).toEqual(demo.expected)
  })

  it('makes something else for another seed, but the same number of artifacts in projects', () => {
    const other = buildDemoHome({ ...options, out: path.join(folder, 'three'), seed: 'other' })
    expect(other.expected).not.toEqual(demo.expected)
    expect(sum(other.projects)).toBe(sum(demo.projects))
  })

  it('gives each project the artifacts it reports, and all together count times the mean', () => {
    expect(demo.projects).toHaveLength(options.count)
    expect(sum(demo.projects)).toBe(options.count * options.artifactsPerProject)
    for (const project of demo.projects) {
      expect(demo.expected.filter((a) => a.unit === project.path)).toHaveLength(project.artifacts)
    }
    expect(demo.artifacts).toEqual(countExpected(demo.expected))
  })

  it('expects no artifact twice', () => {
    const keys = demo.expected.map((a) => `${a.scope} ${a.type} ${a.unit} ${a.path} ${a.fragment}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('expects only what is on disk', () => {
    for (const a of ofType('skill')) expect(existsSync(at(`${a.path}/SKILL.md`)), a.path).toBe(true)
    for (const a of demo.expected) expect(existsSync(at(a.path)), a.path).toBe(true)
    for (const a of demo.expected.flatMap((e) => e.aliases ?? [])) {
      expect(lstatSync(at(a)).isSymbolicLink(), a).toBe(true)
    }
  })

  it('expects everything that lies in the folders of Claude Code', () => {
    const expected = new Set(demo.expected.flatMap((a) => [a.path, ...(a.aliases ?? [])]))
    for (const root of ['', ...demo.projects.map((p) => `${p.path}/`)]) {
      const skills = readdirSync(at(`${root}.claude/skills`)).map((name) => `${root}.claude/skills/${name}`)
      const files = ['agents', 'commands', 'rules', 'output-styles', 'workflows'].flatMap((kind) =>
        existsSync(at(`${root}.claude/${kind}`))
          ? readFolder(at(`${root}.claude/${kind}`)).map((file) => `${root}.claude/${kind}/${file.path}`)
          : [],
      )
      expect([...skills, ...files].filter((found) => !expected.has(found))).toEqual([])
    }
  })

  it('expects every server and hook handler of the files of Claude Code', () => {
    for (const project of demo.projects) {
      const servers = at(`${project.path}/.mcp.json`)
      const inFile = existsSync(servers)
        ? Object.keys(JSON.parse(readFileSync(servers, 'utf8')).mcpServers)
        : []
      const expected = ofType('mcp').filter((a) => a.path === `${project.path}/.mcp.json`)
      expect(expected.map((a) => a.fragment)).toEqual(inFile)

      const settings = JSON.parse(readFileSync(at(`${project.path}/.claude/settings.json`), 'utf8'))
      const handlers = (Object.values(settings.hooks ?? {}) as Array<Array<{ hooks: unknown[] }>>)
        .flat()
        .flatMap((group) => group.hooks)
      expect(ofType('hook').filter((a) => a.path === `${project.path}/.claude/settings.json`)).toHaveLength(
        handlers.length,
      )
    }
  })

  it('marks as modified and outdated what the deployment records say', () => {
    const records = demo.projects.flatMap((project) => deploymentsOf(at(project.path), project.path))
    expect(records.length).toBeGreaterThan(0)
    for (const { relPath, recorded, offered } of records) {
      const artifact = demo.expected.find((a) => a.path === relPath) as ExpectedArtifact
      const isFile = relPath.endsWith('.md')
      const now = isFile ? sha256(readFileSync(at(relPath))) : hashH1(readFolder(at(relPath)))
      expect(now !== recorded, relPath).toBe(artifact.localModified ?? false)
      expect(offered !== recorded, relPath).toBe(artifact.isOutdated ?? false)
    }
  })

  it('lists the plugins that are installed, and not the copies an update left behind', () => {
    const { plugins } = JSON.parse(readFileSync(at('.claude/plugins/installed_plugins.json'), 'utf8'))
    const paths = Object.values(plugins as Record<string, Array<{ installPath: string }>>)
      .flat()
      .map((entry) => path.relative(demo.home, entry.installPath))
    expect(
      ofType('plugin')
        .map((a) => a.path)
        .sort(),
    ).toEqual([...new Set(paths)].sort())
    expect(demo.expected.filter((a) => a.path.includes('/0.0.1'))).toEqual([])
    expect(ofType('plugin').some((a) => a.isOutdated)).toBe(true)
  })

  it('records projects that are gone, and one by a second path', () => {
    const recorded = Object.keys(JSON.parse(readFileSync(at('.claude.json'), 'utf8')).projects)
    expect(recorded.filter((project) => !existsSync(project))).toEqual(demo.vanishedProjects)
    for (const { alias, path: real } of demo.projectAliases) {
      expect(recorded).toContain(alias)
      expect(lstatSync(at('code')).isSymbolicLink()).toBe(true)
      expect(existsSync(real)).toBe(true)
    }
  })

  it('can be read back later', () => {
    expect(readDemoHome(path.join(folder, 'one'))).toEqual(demo)
    expect(readDemoHome(folder)).toBeNull()
  })

  it('refuses a folder that holds anything else, even with force', () => {
    const foreign = mkdtempSync(path.join(folder, 'foreign-'))
    writeFileSync(path.join(foreign, 'letter.txt'), 'dear')
    for (const force of [false, true]) {
      expect(() => buildDemoHome({ count: 1, out: foreign, force })).toThrow('was not made by this command')
    }
    expect(readdirSync(foreign)).toEqual(['letter.txt'])
  })

  it('replaces an earlier build only with force', () => {
    const out = path.join(folder, 'again')
    buildDemoHome({ count: 2, artifactsPerProject: 20, out })
    expect(() => buildDemoHome({ count: 1, artifactsPerProject: 20, out })).toThrow('--force')
    const replaced = buildDemoHome({ count: 1, artifactsPerProject: 20, out, force: true })
    expect(replaced.projects).toHaveLength(1)
    expect(readDemoHome(out)?.projects).toHaveLength(1)
  })

  it.each([
    [{ count: 0 }, 'count'],
    [{ count: 1.5 }, 'count'],
    [{ count: 1, artifactsPerProject: 5 }, 'artifactsPerProject'],
  ])('refuses %o before writing anything', (bad, word) => {
    const out = path.join(folder, 'never')
    expect(() => buildDemoHome({ ...bad, out })).toThrow(word)
    expect(existsSync(out)).toBe(false)
  })
})

const sum = (projects: DemoHome['projects']): number => projects.reduce((total, p) => total + p.artifacts, 0)

/** Path, kind, time and content of everything below a home; the home's own path in texts counts as `~`. */
function fingerprint(home: string): string[] {
  return readdirSync(home, { withFileTypes: true, recursive: true })
    .map((entry) => {
      const full = path.join(entry.parentPath, entry.name)
      const { mtimeMs } = lstatSync(full)
      const content = entry.isSymbolicLink()
        ? readlinkSync(full)
        : entry.isFile()
          ? sha256(Buffer.from(readFileSync(full, 'latin1').replaceAll(home, '~'), 'latin1'))
          : 'folder'
      return `${path.relative(home, full)} ${mtimeMs} ${content}`
    })
    .sort()
}

function deploymentsOf(project: string, relRoot: string) {
  const file = path.join(project, '.claude/.skillmeat-deployed.toml')
  if (!existsSync(file)) return []
  const collection = path.resolve(project, '../../../.skillmeat/collections/default/collection.lock')
  const { lock } = parseToml(readFileSync(collection, 'utf8')) as unknown as {
    lock: { entries: Record<string, { content_hash: string }> }
  }
  const { deployed } = parseToml(readFileSync(file, 'utf8')) as unknown as {
    deployed: Record<string, string>[]
  }
  return deployed.map((record) => ({
    relPath: `${relRoot}/.claude/${record.artifact_path}`,
    recorded: record.content_hash,
    offered: lock.entries[`${record.artifact_name}::${record.artifact_type}`]?.content_hash,
  }))
}
