/**
 * A small home folder of our own writing for `smd demo`: four projects, a plugin, a collection, and every state
 * an artifact can have: in step, edited by hand, outdated, with a frontmatter that is not valid YAML, misconfigured.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { below, json, type SampleFiles } from './sample-files.ts'
import { pluginFiles, pluginId } from './sample-plugin.ts'
import {
  mobileLocalServers,
  pipelineServers,
  userHooks,
  userServers,
  webshopHooks,
  webshopServers,
} from './sample-settings.ts'
import * as skills from './sample-skills.ts'
import * as texts from './sample-texts.ts'

/** Names of the projects, all in `<home>/projects`. */
export const sampleProjects = ['webshop', 'mobile-app', 'data-pipeline', 'notes'] as const
const vanishedProject = 'old-prototype'

/** What `writeSampleHome` made; paths are absolute. */
export type SampleHome = {
  home: string
  projects: string[]
  /** Recorded in `~/.claude.json`, but not on disk. */
  vanishedProject: string
}

/**
 * Writes the sample home into `dir`, which is made when absent.
 * Errors: EEXIST when one of its files is already there; nothing is ever overwritten.
 */
export function writeSampleHome(dir: string): SampleHome {
  const home = path.resolve(dir)
  for (const [relPath, text] of Object.entries(sampleFiles(home))) {
    const file = path.join(home, ...relPath.split('/'))
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text, { flag: 'wx' })
  }
  return {
    home,
    projects: sampleProjects.map((name) => projectPath(home, name)),
    vanishedProject: projectPath(home, vanishedProject),
  }
}

const projectPath = (home: string, name: string): string => path.join(home, 'projects', name)

function sampleFiles(home: string): SampleFiles {
  return {
    ...userFiles(home),
    ...below('.claude/plugins', pluginFiles(home)),
    ...below('.skillmeat/collections/default', collectionFiles()),
    ...below('projects/webshop', webshopFiles()),
    ...below('projects/mobile-app', mobileFiles()),
    ...below('projects/data-pipeline', pipelineFiles()),
    ...below('projects/notes', notesFiles()),
  }
}

function userFiles(home: string): SampleFiles {
  const projects = {
    [projectPath(home, 'webshop')]: { mcpServers: {}, enabledMcpjsonServers: ['postgres'] },
    [projectPath(home, 'mobile-app')]: { mcpServers: mobileLocalServers },
    [projectPath(home, vanishedProject)]: { mcpServers: {} },
  }
  return {
    ...below('.claude/skills/commit-message', skills.commitMessage),
    '.claude/commands/standup.md': texts.standupCommand,
    '.claude/CLAUDE.md': texts.userMemory,
    '.claude/settings.json': json({ enabledPlugins: { [pluginId]: true }, hooks: userHooks }),
    '.claude.json': json({ mcpServers: userServers, projects }),
  }
}

function webshopFiles(): SampleFiles {
  const edited = {
    ...skills.codeReview,
    'SKILL.md': `${skills.codeReview['SKILL.md']}${skills.codeReviewAddition}`,
  }
  return {
    'CLAUDE.md': texts.webshopMemory,
    ...below('.claude/skills/code-review', edited),
    ...below('.claude/skills/api-errors', skills.apiErrorsOld),
    '.claude/commands/explain.md': texts.explainCommand,
    '.claude/agents/test-writer.md': texts.testWriterAgent,
    '.claude/rules/typescript.md': texts.typescriptRule,
    '.claude/settings.json': json({ hooks: webshopHooks }),
    '.claude/.skillmeat-deployed.toml': [
      deployment('code-review', 'skill', 'skills/code-review', folderHash(skills.codeReview)),
      deployment('api-errors', 'skill', 'skills/api-errors', folderHash(skills.apiErrorsOld)),
      deployment('explain', 'command', 'commands/explain.md', fileHash(texts.explainCommand)),
    ].join('\n'),
    '.mcp.json': json({ mcpServers: webshopServers }),
  }
}

function mobileFiles(): SampleFiles {
  const lock = {
    source: 'https://git.example.com/mobile-skills.git',
    sourceUrl: 'https://git.example.com/mobile-skills.git',
    sourceType: 'git',
    skillPath: 'skills/accessibility-check/SKILL.md',
    computedHash: folderHash(skills.accessibilityCheck, (a, b) => a.localeCompare(b)),
  }
  return {
    'AGENTS.md': texts.mobileMemory,
    ...below('.agents/skills/accessibility-check', skills.accessibilityCheck),
    'skills-lock.json': json({ version: 1, skills: { 'accessibility-check': lock } }),
    '.cursor/rules/components.mdc': texts.componentsRule,
  }
}

const pipelineFiles = (): SampleFiles => ({
  ...below('.claude/skills/sql-review', skills.sqlReview),
  '.claude/agents/data-explorer.md': texts.dataExplorerAgent,
  '.claude/commands/backfill.md': texts.backfillCommand,
  '.mcp.json': json({ mcpServers: pipelineServers }),
})

const notesFiles = (): SampleFiles => ({
  'CLAUDE.md': texts.notesMemory,
  '.claude/commands/publish.md': texts.publishCommand,
  '.claude/output-styles/plain-language.md': texts.plainLanguageStyle,
})

/** The collection holds the newer api-errors, so the copy in the webshop is outdated (formats spec 3 and 4). */
function collectionFiles(): SampleFiles {
  const items = [
    { name: 'code-review', type: 'skill', path: 'skills/code-review/', hash: folderHash(skills.codeReview) },
    { name: 'api-errors', type: 'skill', path: 'skills/api-errors/', hash: folderHash(skills.apiErrors) },
    { name: 'explain', type: 'command', path: 'commands/explain.md', hash: fileHash(texts.explainCommand) },
  ]
  const manifest = items.map(
    ({ name, type, path: at }) =>
      `[[artifacts]]\nname = "${name}"\ntype = "${type}"\npath = "${at}"\norigin = "local"\nadded = "${addedAt}"\ntags = ["sample"]\n`,
  )
  const lock = items.map(
    ({ name, type, hash }) =>
      `[lock.entries."${name}::${type}"]\ncontent_hash = "${hash}"\nfetched = "${addedAt}"\n`,
  )
  const head = `[collection]\nname = "default"\nversion = "1.0.0"\ncreated = "${addedAt}"\nupdated = "${addedAt}"\n`
  return {
    'collection.toml': [head, ...manifest].join('\n'),
    'collection.lock': ['[lock]\nversion = "1.0.0"\n', ...lock].join('\n'),
    ...below('skills/code-review', skills.codeReview),
    ...below('skills/api-errors', skills.apiErrors),
    'commands/explain.md': texts.explainCommand,
  }
}

const addedAt = '2026-06-01T09:00:00'

/** One record of `.skillmeat-deployed.toml` (formats spec section 7). */
const deployment = (name: string, type: string, at: string, hash: string): string => `[[deployed]]
artifact_name = "${name}"
artifact_type = "${type}"
from_collection = "default"
deployed_at = "${addedAt}"
artifact_path = "${at}"
content_hash = "${hash}"
local_modifications = false
version_lineage = ["${hash}"]
merge_base_snapshot = "${hash}"
deployment_profile_id = "claude_code"
platform = "claude_code"
profile_root_dir = ".claude"
collection_sha = "${hash}"
`

/**
 * H1 of a folder (formats spec section 5); the sample's names are ASCII and sort the same by component and by byte.
 * The skills CLI has the same recipe with an order of its own (ecosystem spec 5.6).
 */
function folderHash(files: SampleFiles, order?: (a: string, b: string) => number): string {
  const hash = createHash('sha256')
  for (const relPath of Object.keys(files).sort(order)) hash.update(relPath).update(files[relPath] ?? '')
  return hash.digest('hex')
}

const fileHash = (text: string): string => createHash('sha256').update(text).digest('hex')
