/**
 * The corpus of real files (`../shared/corpus` beside the repository; its README says what it holds).
 *
 * Nothing of it lives in this repository: a test reads from there and copies what it needs into a temporary folder.
 * Every function throws an Error that says what is missing and where it was looked for.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'

const repoRoot = path.resolve(import.meta.dirname, '../..')

/** Where the corpus is expected, whether it exists or not. */
export const corpusFolder = path.resolve(repoRoot, '../shared/corpus')

/** Parts of the corpus, by the name used in this repository. */
export const corpusParts = {
  templates: 'davila7-templates/cli-tool/components',
  official: 'claude-plugins-official',
  wshobson: 'wshobson-agents/2026-08-18',
  wshobsonOld: 'wshobson-agents/2026-02-06',
  mcpm: 'mcpm-servers/mcp-registry/servers',
} as const
export type CorpusPart = keyof typeof corpusParts

/** True when the corpus is beside the repository; for benchmarks that print a notice instead of failing. */
export const hasCorpus = (): boolean => existsSync(corpusFolder)

/** Absolute path of something in the corpus. Throws when the corpus, or this part of it, is missing. */
export function corpusPath(...parts: string[]): string {
  if (!hasCorpus()) {
    throw new Error(
      `The corpus is missing: expected a folder "shared/corpus" beside the repository, at ${corpusFolder}`,
    )
  }
  const found = path.join(corpusFolder, ...parts)
  if (!existsSync(found))
    throw new Error(`The corpus is incomplete: ${parts.join('/')} is not in ${corpusFolder}`)
  return found
}

/** Absolute path of one part of the corpus, e.g. the component folders of davila7-templates. */
export const corpusPart = (part: CorpusPart): string => corpusPath(corpusParts[part])

/**
 * Files below `folder` that `accept` takes, as absolute paths in byte order, so that every machine sees the same list.
 * `accept` gets the path relative to `folder`, `/`-separated.
 */
export function filesBelow(folder: string, accept: (relPath: string) => boolean): string[] {
  const found: string[] = []
  const visit = (relative: string): void => {
    for (const entry of readdirSync(path.join(folder, relative), { withFileTypes: true })) {
      const child = relative ? `${relative}/${entry.name}` : entry.name
      if (entry.isDirectory()) visit(child)
      else if (accept(child)) found.push(child)
    }
  }
  visit('')
  return found.sort(byBytes).map((relative) => path.join(folder, relative))
}

/** Every SKILL.md of a part (of all parts without one), absolute. */
export const listSkillFiles = (part?: CorpusPart): string[] =>
  listOf(part, (file) => /(^|\/)SKILL\.md$/i.test(file))

/** Markdown files of `agents` folders that belong to no skill, absolute; a few are documentation without a name. */
export const listAgentFiles = (part?: CorpusPart): string[] => listOf(part, componentFile('agents'))

/** Markdown files of `commands` folders that belong to no skill, absolute. */
export const listCommandFiles = (part?: CorpusPart): string[] => listOf(part, componentFile('commands'))

/** Files that define MCP servers: `.mcp.json` of plugins (wrapped or bare), the components of davila7-templates, mcpm's. */
export const listMcpFiles = (part?: CorpusPart): string[] =>
  listOf(part, (file, of) => {
    if (of === 'mcpm') return file.endsWith('.json')
    return /(^|\/)\.mcp\.json$/.test(file) || /^mcps\/.*\.json$/.test(file)
  })

/** Files that hold a `hooks` table: `hooks/hooks.json` of plugins, the components of davila7-templates. */
export const listHookFiles = (part?: CorpusPart): string[] =>
  listOf(part, (file) => /(^|\/)hooks\/hooks\.json$/.test(file) || /^hooks\/[^/]+\/.*\.json$/.test(file))

/** Folders below `folder/plugins` (and `external_plugins`) that hold `.claude-plugin/plugin.json` or any component. */
export function listPluginFolders(part: CorpusPart): string[] {
  const root = corpusPart(part)
  return ['external_plugins', 'plugins']
    .map((name) => path.join(root, name))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name)))
    .filter((folder) => statSync(folder).isDirectory())
    .sort(byBytes)
}

function listOf(
  part: CorpusPart | undefined,
  accept: (relPath: string, of: CorpusPart) => boolean,
): string[] {
  const parts = part ? [part] : (Object.keys(corpusParts) as CorpusPart[])
  return parts.flatMap((of) => filesBelow(corpusPart(of), (file) => accept(file, of)))
}

const componentFile =
  (folder: string) =>
  (file: string): boolean => {
    const parts = file.split('/')
    return file.endsWith('.md') && parts.includes(folder) && !parts.includes('skills')
  }

/** Order that depends on no locale. */
const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
