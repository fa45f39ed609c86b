/** Temporary homes and projects for tests of the scanner, and the few words those tests share. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach } from 'vitest'
import { scanUnit } from '../../daemon/domains/cache/scan/scan-unit.ts'
import {
  artifactKey,
  type PreviousUnit,
  type ScanEnvironment,
  type ScannedArtifact,
  type ScanUnit,
  type UnitResult,
} from '../../daemon/domains/cache/scan/types.ts'

export type ScanTree = {
  /** Real path; `home` and `project` lie below it. */
  root: string
  home: string
  project: string
  env: ScanEnvironment
  /** Writes a file, and the folders it needs; the path is relative to `root`. */
  write: (path: string, content?: string | Buffer) => void
  /** Makes a link at `path` (relative to `root`) that says `target`. */
  link: (path: string, target: string) => void
  scan: (unit?: Partial<ScanUnit>, previous?: PreviousUnit | null) => UnitResult
}

/** Gives each test a tree of its own, removed afterwards. */
export function useScanTree(): () => ScanTree {
  const roots: string[] = []
  afterEach(() => {
    for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
  })
  return () => {
    const tree = makeScanTree()
    roots.push(tree.root)
    return tree
  }
}

function makeScanTree(): ScanTree {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'smd-scan-')))
  const home = join(root, 'home')
  const project = join(root, 'project')
  mkdirSync(home)
  mkdirSync(project)
  const env = environment(home)
  return {
    root,
    home,
    project,
    env,
    write(path, content = '') {
      const file = join(root, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
    },
    link(path, target) {
      const file = join(root, path)
      mkdirSync(dirname(file), { recursive: true })
      symlinkSync(target, file)
    },
    scan: (unit = {}, previous = null) =>
      scanUnit({ kind: 'project', path: project, name: 'project', ...unit }, env, previous),
  }
}

/** An environment without servers, collections or tight limits. */
export const environment = (home: string): ScanEnvironment => ({
  folders: {
    home,
    claudeConfig: join(home, '.claude'),
    claudeJson: join(home, '.claude.json'),
    claudePlugins: join(home, '.claude', 'plugins'),
    claudeManaged: join(home, 'managed'),
    xdgConfig: join(home, '.config'),
    xdgState: null,
    skillmeat: join(home, '.skillmeat'),
    agentHomes: {},
  },
  claude: { mcpServers: {}, projects: {} },
  collectionHashes: {},
  limits: { maxMainFileBytes: 1_000_000, maxArtifactBytes: 50_000_000, maxArtifactFiles: 2_000 },
})

/** A markdown file with frontmatter, and what makes it long enough to be one. */
export const markdown = (name: string, rest = `description: What ${name} does.`): string =>
  `---\nname: ${name}\n${rest}\n---\n\n# ${name}\n\nText of ${name}.\n`

/** What the cache would know after `results`, the first of which was a full scan. */
export function remembered(...results: UnitResult[]): PreviousUnit {
  let artifacts = new Map<string, string>()
  let names = new Map<string, string>()
  for (const { changed, unchanged } of results) {
    artifacts = new Map(unchanged.map((key) => [key, artifacts.get(key) as string]))
    names = new Map(unchanged.map((key) => [key, names.get(key) as string]))
    for (const artifact of changed) {
      artifacts.set(artifactKey(artifact), artifact.statSig)
      names.set(artifactKey(artifact), artifact.name)
    }
  }
  const { configSig, provenanceSig } = results.at(-1) as UnitResult
  return { configSig, provenanceSig, artifacts, names }
}

/** `type name relPath` of each, in order of their paths. */
export const summary = (artifacts: readonly ScannedArtifact[]): string[] =>
  artifacts.map((a) => `${a.type} ${a.name} ${a.relPath}`).sort()

export const byPath = (result: UnitResult, relPath: string): ScannedArtifact => {
  const found = result.changed.find((artifact) => artifact.relPath === relPath)
  if (!found) throw new Error(`No artifact at ${relPath}; there are: ${summary(result.changed).join(', ')}`)
  return found
}

export const codesOf = (artifact: Pick<ScannedArtifact, 'diagnostics'>): string[] =>
  artifact.diagnostics.map((d) => d.code)

/** `code relPath` of what concerns no single artifact. */
export const told = (result: UnitResult): string[] =>
  result.diagnostics.map((d) => `${d.code} ${d.relPath}`).sort()
