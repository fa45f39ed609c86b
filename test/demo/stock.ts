/** The corpus in memory, cut into pieces that a project can be built from; read once per build. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import {
  type CorpusPart,
  corpusPart,
  corpusParts,
  filesBelow,
  listAgentFiles,
  listCommandFiles,
  listHookFiles,
  listMcpFiles,
  listSkillFiles,
} from '../support/corpus.ts'
import { frontmatterName } from './deviations.ts'
import { hashH1 } from './folder-hashes.ts'
import type { FileBytes } from './tree-writer.ts'

/** Where something was published; enough to write lock files and manifests about it. */
export type Origin = { part: CorpusPart; repo: string; repoPath: string }
export type StockSkill = { name: string; files: FileBytes[]; origin: Origin }
export type StockText = { name: string; bytes: Buffer; origin: Origin }
export type HookTable = Record<string, Array<{ matcher?: string; hooks: Array<Record<string, unknown>> }>>
export type StockServer = { name: string; entry: Record<string, unknown> }

export type Stock = {
  skills: StockSkill[]
  /** Older version of a wshobson skill, by name, where it differs from the newest. */
  olderSkills: Map<string, StockSkill>
  commands: StockText[]
  agents: StockText[]
  rules: StockText[]
  hooks: HookTable[]
  servers: StockServer[]
}

/** Bounds that keep 100 projects small on disk; the corpus has single files of 160 KB. */
const maxMainBytes = 12_000
const maxOtherBytes = 8_000
const maxFiles = 14

const repos: Record<CorpusPart, string> = {
  templates: 'davila7/claude-code-templates',
  official: 'anthropics/claude-plugins-official',
  wshobson: 'wshobson/agents',
  wshobsonOld: 'wshobson/agents',
  mcpm: 'pathintegral-institute/mcpm.sh',
}
const marketParts = ['wshobson', 'official', 'templates'] as const

/** Reads everything a demo home is made of. Throws when the corpus is missing. */
export function loadStock(): Stock {
  const skills = marketParts.flatMap(skillsOf)
  const newest = new Map(
    skills.filter((s) => s.origin.part === 'wshobson').map((s) => [s.name, hashH1(s.files)]),
  )
  const older = skillsOf('wshobsonOld').filter(
    (s) => newest.has(s.name) && newest.get(s.name) !== hashH1(s.files),
  )
  return {
    skills,
    olderSkills: new Map(older.map((s) => [s.name, s])),
    commands: marketParts.flatMap((part) => textsOf(part, listCommandFiles(part))),
    agents: marketParts
      .flatMap((part) => textsOf(part, listAgentFiles(part)))
      .filter((agent) => frontmatterName(agent.bytes) !== null),
    rules: textsOf(
      'templates',
      filesBelow(corpusPart('templates'), (file) => /\/rules\/[a-z0-9-]+\.md$/.test(file)),
    ),
    hooks: marketParts.flatMap((part) => listHookFiles(part).flatMap(hooksOf)),
    servers: serversOf(),
  }
}

function originOf(part: CorpusPart, file: string): Origin {
  return { part, repo: repos[part], repoPath: repoPathOf(part, file) }
}

const repoPathOf = (part: CorpusPart, file: string): string => {
  const inPart = path.relative(corpusPart(part), file).split(path.sep).join('/')
  return part === 'templates'
    ? `${corpusParts.templates.slice('davila7-templates/'.length)}/${inPart}`
    : inPart
}

/** Skills that hold no other skill and lie in none; what is too large for a small demo is left out. */
function skillsOf(part: CorpusPart): StockSkill[] {
  const folders = new Set(listSkillFiles(part).map((file) => path.dirname(file)))
  const root = corpusPart(part)
  const related = new Set<string>()
  for (const folder of folders) {
    for (let up = path.dirname(folder); up.length > root.length; up = path.dirname(up)) {
      if (folders.has(up)) related.add(folder).add(up)
    }
  }
  return [...folders]
    .filter((folder) => !related.has(folder))
    .map((folder) => ({
      name: path.basename(folder),
      files: readFolder(folder)
        .filter((file) => file.path === 'SKILL.md' || file.bytes.length <= maxOtherBytes)
        .slice(0, maxFiles),
      origin: originOf(part, folder),
    }))
    .filter(({ files }) => files.some((f) => f.path === 'SKILL.md' && f.bytes.length <= maxMainBytes))
}

/** All files below a folder, in memory. */
export function readFolder(folder: string): FileBytes[] {
  return filesBelow(folder, () => true).map((file) => ({
    path: path.relative(folder, file).split(path.sep).join('/'),
    bytes: readFileSync(file),
  }))
}

function textsOf(part: CorpusPart, files: string[]): StockText[] {
  return files
    .filter((file) => !/^(readme|index|license)\.md$/i.test(path.basename(file)))
    .map((file) => ({
      name: path.basename(file, '.md'),
      bytes: readFileSync(file),
      origin: originOf(part, file),
    }))
    .filter(({ name, bytes }) => /^[A-Za-z0-9._-]+$/.test(name) && bytes.length <= maxMainBytes)
}

/** The hook table of a file, when it has the shape of ecosystem spec 2.5; otherwise nothing. */
function hooksOf(file: string): HookTable[] {
  const table = (JSON.parse(readFileSync(file, 'utf8')) as { hooks?: unknown }).hooks
  if (typeof table !== 'object' || table === null) return []
  const wellFormed = Object.values(table).every(
    (groups) =>
      Array.isArray(groups) &&
      groups.every(
        (g) => Array.isArray(g?.hooks) && g.hooks.every((h: unknown) => typeof h === 'object' && h),
      ),
  )
  return wellFormed ? [table as HookTable] : []
}

/** Servers by name: the components of davila7-templates as they are, mcpm's recommended or first installation. */
function serversOf(): StockServer[] {
  const found = new Map<string, StockServer>()
  const add = (name: string, entry: Record<string, unknown>): void => {
    const safe = name.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '')
    if (safe && !found.has(safe)) found.set(safe, { name: safe, entry })
  }
  for (const file of listMcpFiles('templates')) {
    const { mcpServers } = JSON.parse(readFileSync(file, 'utf8')) as {
      mcpServers?: Record<string, Record<string, unknown>>
    }
    for (const [name, entry] of Object.entries(mcpServers ?? {})) add(name, entry)
  }
  for (const name of readdirSync(corpusPart('mcpm')).sort()) {
    const definition = JSON.parse(readFileSync(path.join(corpusPart('mcpm'), name), 'utf8')) as {
      name: string
      installations?: Record<string, Record<string, unknown>>
    }
    const { command, args, env, url } = Object.values(definition.installations ?? {})[0] ?? {}
    if (command) add(definition.name, { command, args: args ?? [], ...(env ? { env } : {}) })
    else if (url) add(definition.name, { type: 'http', url })
  }
  return [...found.values()]
}
