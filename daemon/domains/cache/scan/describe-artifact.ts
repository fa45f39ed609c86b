/** Turns a candidate whose files were read into what is told of it. */
import { type ContentReader, hashOf } from './content-reader.ts'
import { diagnose } from './diagnostics.ts'
import { decodeText } from './frontmatter.ts'
import { type MarkdownMeta, readMarkdownMeta } from './frontmatter-meta.ts'
import { readYaml } from './frontmatter-yaml.ts'
import { markdownMetadata } from './markdown-metadata.ts'
import { loadToml } from './parsers.ts'
import type { Candidate, ScanRun } from './scan-run.ts'
import { estimateTokens, estimateTokensOfBytes } from './tokens.ts'
import type { Diagnostic, ScannedArtifact } from './types.ts'

export type Description = {
  artifact: ScannedArtifact
  /** A host takes the file for a text about its artifacts. */
  isDocumentation: boolean
}

/** What the main file says. */
type Said = Pick<ScannedArtifact, 'title' | 'description' | 'tags' | 'metadata'> & {
  /** Name by content, for the types that have one. */
  name: string | null
  version: string | null
  diagnostics: Diagnostic[]
  isDocumentation: boolean
}

/** Describes a candidate whose files have just been read. The fingerprint is left empty. */
export function describeArtifact(run: ScanRun, candidate: Candidate, reader: ContentReader): Description {
  const { files } = run
  const { row } = candidate
  const diagnostics = [...candidate.diagnostics, ...files.diagnostics]
  const { said, tokens } = readMain(candidate, reader, diagnostics)
  const artifact: ScannedArtifact = {
    type: row.type,
    scope: row.scope,
    name: said.name === null ? candidate.placeName : run.namespace + said.name,
    host: row.host,
    relPath: candidate.relPath,
    fragment: '',
    title: said.title,
    description: said.description,
    tags: said.tags,
    source: null,
    deployedVersion: said.version,
    upstreamVersion: null,
    isOutdated: false,
    localModified: false,
    hash: hashOf(reader),
    sizeBytes: files.sizeBytes,
    tokens,
    modifiedAt: Math.floor(files.modifiedAt),
    statSig: '',
    diagnostics: [...diagnostics, ...said.diagnostics],
    metadata: candidate.metadata ? { ...said.metadata, ...candidate.metadata } : said.metadata,
  }
  run.apply(artifact)
  return { artifact, isDocumentation: said.isDocumentation }
}

/** What the main file says, and how many tokens it has. */
function readMain(
  candidate: Candidate,
  { main, mainName, mainSizeBytes: size }: ContentReader,
  diagnostics: Diagnostic[],
): { said: Said; tokens: number } {
  if (!main) return { said: nothing(), tokens: 0 }
  const isCut = main.length < size
  if (size === 0) diagnostics.push(diagnose('file.empty'))
  if (isCut) diagnostics.push(diagnose('file.too_large', `${main.length} of ${size} bytes`))
  const decoded = decodeText(isCut ? wholeCharacters(main) : main)
  diagnostics.push(...decoded.diagnostics)
  if (decoded.encoding === 'binary') return { said: nothing(), tokens: 0 }
  const tokens = isCut ? estimateTokensOfBytes(size) : estimateTokens(decoded.text, size)
  const file = mainName ?? candidate.relPath
  const extension = /\.(toml|ya?ml|json|js)$/.exec(file)?.[1] ?? 'md'
  return { said: readers[extension]?.(candidate, decoded.text) ?? nothing(), tokens }
}

const readers: Readonly<Record<string, (candidate: Candidate, text: string) => Said>> = {
  md: fromMarkdown,
  toml: fromToml,
  yaml: fromYaml,
  yml: fromYaml,
}

/** Cuts off what a limit left of the last character. */
function wholeCharacters(bytes: Buffer): Buffer {
  let end = bytes.length
  while (end > 0 && end > bytes.length - 4 && ((bytes[end - 1] as number) & 0xc0) === 0x80) end--
  return end > 0 && (bytes[end - 1] as number) >= 0xc0 ? bytes.subarray(0, end - 1) : bytes
}

const nothing = (): Said => ({
  name: null,
  title: null,
  description: null,
  tags: [],
  metadata: {},
  version: null,
  diagnostics: [],
  isDocumentation: false,
})

function fromMarkdown({ row, placeName }: Candidate, text: string): Said {
  const stem = placeName.slice(placeName.lastIndexOf(':') + 1)
  const meta: MarkdownMeta = readMarkdownMeta(row.type, stem, text)
  const isBroken = meta.diagnostics.some((d) => d.code === 'frontmatter.yaml_invalid')
  return {
    name: goesByDeclaredName(row) ? meta.declaredName : null,
    title: meta.title,
    description: meta.description,
    tags: meta.tags ?? [],
    metadata: markdownMetadata(meta),
    version: meta.version ?? null,
    diagnostics: meta.diagnostics,
    isDocumentation: row.type === 'agent' && meta.declaredName === null && !isBroken,
  }
}

/** Agents do, and skills of a plugin (ecosystem spec 2.2). */
export const goesByDeclaredName = (row: Candidate['row']): boolean =>
  row.type === 'agent' || (row.type === 'skill' && row.scope === 'plugin')

/** Commands of Gemini CLI and agents of Codex: `description`, and `name` for the latter. */
function fromToml({ row }: Candidate, text: string): Said {
  const said = nothing()
  try {
    const value = loadToml().parse(text.replace(/^\uFEFF/, '')) as Record<string, unknown>
    if (typeof value.description === 'string') said.description = value.description
    if (row.type === 'agent' && typeof value.name === 'string' && value.name !== '') said.name = value.name
    if (typeof value.model === 'string') said.metadata = { model: value.model }
  } catch (error) {
    const { line } = error as { line?: number }
    said.diagnostics.push(diagnose('config.invalid_toml', line ? `line ${line}` : ''))
  }
  return said
}

function fromYaml(_: Candidate, text: string): Said {
  const said = nothing()
  const { data, error } = readYaml(text, new Set(['name', 'description', 'version']))
  if (error !== null) said.diagnostics.push(diagnose('config.invalid_yaml', error))
  if (typeof data.description === 'string') said.description = data.description
  if (typeof data.version === 'string') said.version = data.version
  return said
}
