/** Builds a whole home folder from the corpus: N projects, the user's own artifacts, plugins, a collection, noise. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { chooseCollection, writeCollection } from './collection.ts'
import { type DemoContext, someTime } from './context.ts'
import type { Flavour } from './decks.ts'
import { countExpected, type ExpectedArtifact, type ExpectedCounts } from './ledger.ts'
import { writeHomeNoise } from './noise.ts'
import { writePlugins } from './plugins.ts'
import { type DemoProject, type ProjectSpec, writeProject } from './project.ts'
import { projectNames } from './project-names.ts'
import { createRandom, type Random } from './random.ts'
import { loadStock } from './stock.ts'
import { TreeWriter } from './tree-writer.ts'
import { writeUserHome } from './user-home.ts'

export type DemoOptions = {
  /** How many projects. */
  count: number
  /** Folder to fill; absent, empty, or made by an earlier build. */
  out: string
  /** The same seed gives the same bytes and times, but for the absolute paths in some files. */
  seed?: string
  /** Mean; each single project has between half and one and a half times as many. At least 20. */
  artifactsPerProject?: number
  /** Replace what an earlier build made. */
  force?: boolean
  onProgress?: (done: number, count: number) => void
}

/** What was built. Paths of projects and artifacts are relative to `home`. */
export type DemoHome = {
  home: string
  seed: string
  projects: DemoProject[]
  /** In `~/.claude.json`, but gone; absolute. */
  vanishedProjects: string[]
  /** Second path of a project through a link, as `~/.claude.json` has it; both absolute. */
  projectAliases: Array<{ alias: string; path: string }>
  expected: ExpectedArtifact[]
  artifacts: ExpectedCounts
  files: number
  folders: number
  bytes: number
}

/** Marks a folder as ours, and tells later readers what is in it (everything of DemoHome but `expected`). */
const markerFile = '.smd-demo.json'
/** One expected artifact per line, so that a tree built earlier can still be compared with a scan. */
const ledgerFile = 'expected.jsonl'

/** Writes `out/home`. Throws when `out` holds anything that an earlier build did not make. */
export function buildDemoHome(options: DemoOptions): DemoHome {
  const { count, seed = '1', artifactsPerProject = 100, onProgress } = options
  if (!Number.isInteger(count) || count < 1) throw new Error('count must be a whole number from 1')
  if (!Number.isInteger(artifactsPerProject) || artifactsPerProject < 20) {
    throw new Error('artifactsPerProject must be a whole number from 20')
  }
  const out = path.resolve(options.out)
  const home = path.join(out, 'home')
  const stock = loadStock()
  prepareFolder(out, options.force ?? false)

  const random = createRandom(`smd demo ${seed}`)
  const tree = new TreeWriter(home)
  const collection = chooseCollection(stock, random.fork('collection'))
  const ctx: DemoContext = {
    tree,
    home,
    stock,
    expected: [],
    collection,
    sharedSkills: [],
    claudeProjects: {},
  }
  writeSharedSkills(ctx, random.fork('shared'))
  const specs = planProjects(count, artifactsPerProject, random)
  const projects = specs.map((spec, i) => {
    const project = writeProject(ctx, spec)
    onProgress?.(i + 1, count)
    return project
  })
  const vanishedProjects = recordVanished(ctx, count)
  const projectAliases = recordAlias(ctx, projects)
  writeCollection(ctx, random.fork('collection files'))
  const paths = projects.map((project) => project.path)
  const enabledPlugins = writePlugins(ctx, paths, random.fork('plugins'))
  writeUserHome(ctx, enabledPlugins, random.fork('user'))
  writeTranscripts(ctx, paths.slice(0, 5), random.fork('transcripts'))
  writeHomeNoise(ctx, [...new Set(paths.map((p) => p.split('/')[1] as string))], random.fork('noise'))
  tree.finish()

  const { expected } = ctx
  const summary: Omit<DemoHome, 'expected'> = {
    home,
    seed,
    projects,
    vanishedProjects,
    projectAliases,
    artifacts: countExpected(expected),
    files: tree.files,
    folders: tree.folders,
    bytes: tree.bytes,
  }
  writeFileSync(
    path.join(out, ledgerFile),
    expected.map((artifact) => `${JSON.stringify(artifact)}\n`).join(''),
  )
  writeFileSync(path.join(out, markerFile), `${JSON.stringify(summary, null, 2)}\n`)
  return { ...summary, expected }
}

/** What an earlier build made at `out`; null when there is no complete one. */
export function readDemoHome(out: string): DemoHome | null {
  const marker = path.join(out, markerFile)
  const ledger = path.join(out, ledgerFile)
  if (!existsSync(marker) || !existsSync(ledger)) return null
  const expected = readFileSync(ledger, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ExpectedArtifact)
  return { ...(JSON.parse(readFileSync(marker, 'utf8')) as Omit<DemoHome, 'expected'>), expected }
}

function prepareFolder(out: string, force: boolean): void {
  mkdirSync(out, { recursive: true })
  const ours = existsSync(path.join(out, markerFile))
  if (readdirSync(out).length > 0) {
    if (!ours) throw new Error(`${out} is not empty and was not made by this command; give another folder`)
    if (!force) throw new Error(`${out} holds an earlier build; replace it with --force`)
    for (const name of ['home', ledgerFile]) rmSync(path.join(out, name), { recursive: true, force: true })
  }
  // First of all, so that a build that was interrupted can be replaced.
  writeFileSync(path.join(out, markerFile), '{}\n')
}

/** Sizes vary between projects but sum up to `count * mean`: each pair is as far above as below. */
function planProjects(count: number, mean: number, random: Random): ProjectSpec[] {
  const names = projectNames(count)
  const flavours: readonly Flavour[] = ['templates', 'templates', 'templates', 'wshobson', 'official']
  return names.map(({ group, name }, i) => {
    const pair = random.fork(`pair ${i >> 1}`)
    const offset = Math.floor(mean * 0.5 * pair.next()) * (i % 2 === 0 ? 1 : -1)
    const alone = i === count - 1 && i % 2 === 0
    return {
      root: `projects/${group}/${name}`,
      name,
      artifacts: alone ? mean : mean + offset,
      flavour: flavours[i % flavours.length] as Flavour,
      random: random.fork(`project ${i}`),
    }
  })
}

function writeSharedSkills(ctx: DemoContext, random: Random): void {
  const seconds = someTime(random)
  for (const skill of random.shuffle(ctx.stock.skills).slice(0, 6)) {
    const name = `shared-${skill.name}`
    for (const file of skill.files) ctx.tree.write(`shared/skills/${name}/${file.path}`, file.bytes, seconds)
    ctx.sharedSkills.push(name)
  }
}

const emptyEntry = {
  allowedTools: [],
  mcpServers: {},
  enabledMcpjsonServers: [],
  disabledMcpjsonServers: [],
  hasTrustDialogAccepted: false,
}

function recordVanished(ctx: DemoContext, count: number): string[] {
  const gone = Array.from({ length: Math.max(2, Math.round(count * 0.03)) }, (_, i) =>
    path.join(ctx.home, 'projects', 'gone', `old-${i + 1}`),
  )
  for (const vanished of gone) ctx.claudeProjects[vanished] = { ...emptyEntry }
  return gone
}

/** `~/code` leads to `~/projects`, and one project is recorded through it: still one project. */
function recordAlias(
  ctx: DemoContext,
  projects: readonly DemoProject[],
): Array<{ alias: string; path: string }> {
  const first = projects[0] as DemoProject
  ctx.tree.link('code', 'projects', 1_767_600_000)
  const alias = `${ctx.home}/${first.path.replace(/^projects/, 'code')}`
  ctx.claudeProjects[alias] = { ...emptyEntry, hasTrustDialogAccepted: true }
  return [{ alias, path: `${ctx.home}/${first.path}` }]
}

/** Transcripts name the folder they ran in (ecosystem spec section 10). */
function writeTranscripts(ctx: DemoContext, paths: readonly string[], random: Random): void {
  for (const relPath of paths) {
    const cwd = `${ctx.home}/${relPath}`
    const line = JSON.stringify({ type: 'user', cwd, sessionId: random.hex40().slice(0, 8) })
    const folder = `projects/${relPath.replace(/[^A-Za-z0-9]/g, '-')}`
    ctx.tree.write(`.claude/${folder}/${random.hex40().slice(0, 8)}.jsonl`, `${line}\n`, someTime(random))
  }
}
