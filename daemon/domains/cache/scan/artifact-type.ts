/**
 * Which type of artifact a file or folder is, by its shape and place, and how sure that is (formats spec section 9).
 * Scores are those of the original; what *strict* accepts differs where the spec corrects it (marked R there).
 */
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'

export type ArtifactKind = 'skill' | 'command' | 'agent' | 'hook' | 'mcp' | 'workflow' | 'composite'

/** What is known of a file or folder without reading it. */
export type ArtifactTarget = {
  /** Absolute or relative; only the names on it count. */
  path: string
  isFolder: boolean
  /** Names in the folder, and `.claude-plugin/plugin.json` where there is one; empty for a file. */
  entries: readonly string[]
}

export type ArtifactScore = { type: ArtifactKind /** 0 to 100. */; score: number }

type Signature = {
  type: ArtifactKind
  shape: 'folder' | 'file'
  /** Also right in the other shape when judged strictly. */
  eitherShape: boolean
  containers: readonly string[]
  /** In lower case. */
  manifests: readonly string[]
  needsManifest: boolean
  /** May lie in folders below its container. */
  nests: boolean
}

const signatures: readonly Signature[] = [
  row('skill', 'folder', 'skills skill claude-skills', 'skill.md', { needsManifest: true }),
  row('command', 'file', 'commands command claude-commands', 'command.md', { nests: true }),
  row('agent', 'file', 'agents agent subagents claude-agents', 'agent.md', { nests: true }),
  row('hook', 'folder', 'hooks hook claude-hooks', 'settings.json', { eitherShape: true }),
  row('mcp', 'file', 'mcp mcp-servers servers mcp_servers claude-mcp', '.mcp.json mcp.json', {
    eitherShape: true,
  }),
  row('workflow', 'folder', 'workflows workflow', 'workflow.yaml workflow.json', { needsManifest: true }),
  row(
    'composite',
    'folder',
    'composites composite plugins plugin claude-composites',
    'composite.md plugin.md .claude-plugin/plugin.json plugin.json',
    { needsManifest: true },
  ),
]

function row(
  type: ArtifactKind,
  shape: Signature['shape'],
  containers: string,
  manifests: string,
  flags: Partial<Pick<Signature, 'eitherShape' | 'needsManifest' | 'nests'>>,
): Signature {
  const lists = { containers: containers.split(' '), manifests: manifests.split(' ') }
  return { type, shape, ...lists, eitherShape: false, needsManifest: false, nests: false, ...flags }
}

const aliases: ReadonlyMap<string, ArtifactKind> = new Map([
  ['mcp_server', 'mcp'],
  ['mcp-server', 'mcp'],
  ['mcpserver', 'mcp'],
])
const byType: ReadonlyMap<string, Signature> = new Map(signatures.map((s) => [s.type, s]))
const byContainer: ReadonlyMap<string, Signature> = new Map(
  signatures.flatMap((s) => s.containers.map((c) => [c, s])),
)

/** How far above the parent a container is looked for. */
const maxLevels = 10

/** A type under any of the spellings in use; null for a word that names none. */
export function readArtifactKind(text: string): ArtifactKind | null {
  const word = text.trim().toLowerCase()
  return aliases.get(word) ?? byType.get(word)?.type ?? null
}

/** The type by a manifest in the folder, else by the nearest container above; null when neither tells. */
export function inferArtifactType(target: ArtifactTarget): ArtifactKind | null {
  const names = namesOf(target.path)
  const name = names.pop() ?? ''
  if (target.isFolder) {
    const found = signatures.find((s) => hasManifest(s, target, name))
    if (found) return found.type
  } else if (isMcpFile(name)) return 'mcp'
  for (let level = 0; level < maxLevels; level++) {
    const container = byContainer.get(names.pop() ?? '')
    if (container) return level === 0 || container.nests ? container.type : null
  }
  return null
}

/**
 * The type with the original's score. `hint`: the type somebody claims it has.
 * Nothing recognisable counts as a skill with 0; discovery keeps what has 50 or more.
 */
export function scoreArtifact(target: ArtifactTarget, hint?: ArtifactKind): ArtifactScore {
  const type = hint ?? inferArtifactType(target)
  const signature = type && byType.get(type)
  if (!signature) return { type: 'skill', score: 0 }
  let score = hint ? 30 : 40
  const found = hasManifest(signature, target, namesOf(target.path).at(-1) ?? '')
  if (found) score += 40
  else if (signature.needsManifest) score -= 30
  if ((signature.shape === 'folder') === target.isFolder) score += signature.needsManifest ? 20 : 40
  else score -= 20
  return { type: signature.type, score: Math.min(100, Math.max(0, score)) }
}

/** The type when there is no doubt about it (the original's *strict*, which then says 100), else null. */
export function recogniseArtifact(target: ArtifactTarget, hint?: ArtifactKind): ArtifactKind | null {
  const { type, score } = scoreArtifact(target, hint)
  const signature = byType.get(type)
  if (!signature || score === 0) return null
  const name = namesOf(target.path).at(-1) ?? ''
  const isMarkdown = type === 'command' || type === 'agent'
  if (isMarkdown && !target.isFolder && !name.endsWith('.md')) return null
  return score >= 70 || (signature.eitherShape && hasManifest(signature, target, name)) ? type : null
}

/** Looks at the disk. Null when there is nothing. Errors: those of `stat` and `readdir`, but for a missing path. */
export function describeTarget(absPath: string): ArtifactTarget | null {
  const stats = statSync(absPath, { throwIfNoEntry: false })
  if (!stats) return null
  if (!stats.isDirectory()) return { path: absPath, isFolder: false, entries: [] }
  const entries = readdirSync(absPath)
  const plugin = '.claude-plugin/plugin.json'
  if (entries.includes('.claude-plugin') && statSync(path.join(absPath, plugin), { throwIfNoEntry: false })) {
    entries.push(plugin)
  }
  return { path: absPath, isFolder: true, entries }
}

const namesOf = (text: string): string[] => text.toLowerCase().split(/[\\/]/).filter(Boolean)

const isMcpFile = (name: string): boolean => name === '.mcp.json' || name === 'mcp.json'

/** In the folder, or the file itself. `name`: of the target, in lower case. */
const hasManifest = (
  { manifests, shape, eitherShape }: Signature,
  target: ArtifactTarget,
  name: string,
): boolean =>
  target.isFolder
    ? target.entries.some((entry) => manifests.includes(entry.toLowerCase()))
    : (eitherShape || shape === 'file') && manifests.includes(name)
