/** Brings what a source holds onto this disk, for as long as it is looked at. */
import { mkdir, mkdtemp, open, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import type { ArtifactTarget } from '../../../cache/scan/index.ts'
import type { UpstreamAnswer, UpstreamFile, UpstreamItem } from '../../../upstream/index.ts'
import { openSourceFiles, UpstreamError } from '../../../upstream/writer/index.ts'
import type { WorkTools } from '../tools.ts'
import { unlessAbsentAt } from '../unreadable.ts'
import { type AddedType, checkNames } from './inspect.ts'
import type { ArtifactRow } from './manifest.ts'
import { type ArtifactSource, nameOfSource } from './source.ts'

/** What manifest and lock say of where an artifact comes from. */
export type Provenance = Partial<
  Pick<
    ArtifactRow,
    'origin' | 'upstream' | 'version_spec' | 'resolved_sha' | 'resolved_version' | 'origin_source'
  >
> & { origin: string }

/** A file or folder to look at and to copy. */
export type Fetched = {
  path: string
  /** What the source calls it: its last part. */
  name: string
  provenance: Provenance
}

/** No file of an artifact is longer. */
const MAX_BYTES = 64 * 1024 * 1024
const MAX_FILES = 2_000
const MAX_TOTAL_BYTES = 256 * 1024 * 1024
/** As many contents as the sources tell at a time. */
const AT_ONCE = 100

/**
 * Has `look` look at what the source holds; what was fetched for it is gone afterwards. Errors: `collection.source_failed`,
 * `collection.no_source`, `collection.not_an_artifact`, `object.unreadable`, those of `look`.
 */
export async function withFetched<Result>(
  tools: WorkTools,
  source: ArtifactSource,
  type: AddedType | null,
  look: (fetched: Fetched) => Promise<Result>,
): Promise<Result> {
  if (source.kind === 'disk') {
    const found = await stat(source.path).catch(unlessAbsentAt(source.path))
    if (!found) throw new SmdError('collection.no_source', { path: source.path })
    const isManifest = found.isFile() && /^skill\.md$/i.test(basename(source.path))
    const path = isManifest ? dirname(source.path) : source.path
    return look({ path, name: basename(path), provenance: { origin: 'local' } })
  }
  const folder = await mkdtemp(join(tmpdir(), 'smd-fetch-'))
  try {
    return await look(await fetchInto(folder, tools, source, type))
  } catch (error) {
    if (error instanceof UpstreamError) throw failed(source, error.message, error)
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const failed = (source: ArtifactSource, reason: string, cause?: unknown): SmdError =>
  new SmdError('collection.source_failed', { source: nameOfSource(source), reason }, { cause })

type Remote = Exclude<ArtifactSource, { kind: 'disk' }>
type Answer = Extract<UpstreamAnswer, { kind: 'answer' }>

async function fetchInto(
  folder: string,
  tools: WorkTools,
  wanted: Remote,
  type: AddedType | null,
): Promise<Fetched> {
  const providers = await tools.providers()
  const paths = wanted.kind === 'plugin' ? [wanted.plugin] : candidates(wanted.path)
  const query = { source: wanted.source, paths, bases: [], validator: null }
  const answer = await providers.ask(query, tools.signal)
  if (answer.kind !== 'answer') throw new UpstreamError('bad_answer', 'It said that nothing changed.')
  const item = answer.items.find(({ digest, version }) => digest !== null || version !== null)
  if (!item) throw new UpstreamError('not_found', `It has no ${paths[0] || 'files'} at ${versionOf(wanted)}.`)
  const { path, digest } = item
  const files = await openSourceFiles(
    { source: wanted.source, path, digest, revision: answer.revision, isFile: /\.\w+$/.test(path) },
    { providers, kept: tools.kept, maxBytes: MAX_BYTES, signal: tools.signal },
  )
  try {
    const inside = wanted.kind === 'plugin' ? wanted.path : ''
    const at = join(folder, ...pathOnDisk(wanted, item).split('/'))
    const result = {
      name: basename(inside === '' ? at : inside),
      provenance: provenanceOf(wanted, answer, item),
    }
    // A marketplace on this machine
    if (files.kind === 'disk') return { ...result, path: join(files.path, inside) }
    const below = files.files.filter((file) => isWithin(file.path, inside))
    if (below.length === 0) throw new UpstreamError('not_found', `It has no ${inside}.`)
    const path = join(at, ...inside.split('/').filter(Boolean))
    checkNames(
      targetOf(path, below, inside, files.isFile),
      pathsOf(below, inside),
      type,
      nameOfSource(wanted),
    )
    checkSize(below)
    for (let start = 0; start < below.length; start += AT_ONCE) {
      const part = below.slice(start, start + AT_ONCE)
      await files.prepare(part)
      for (const file of part)
        await writeFile(files.isFile ? at : join(at, ...file.path.split('/')), file, files.content(file))
    }
    return { ...result, path }
  } finally {
    if (files.kind === 'files') await files.close()
  }
}

const pathsOf = (files: readonly UpstreamFile[], inside: string): string[] =>
  files.map(({ path }) => (inside === '' ? path : path.slice(inside.length + 1)))

/** What `describeTarget` would say of it on a disk. */
function targetOf(
  path: string,
  files: readonly UpstreamFile[],
  inside: string,
  isFile: boolean,
): ArtifactTarget {
  const isAlone = isFile || files.some((file) => file.path === inside)
  if (isAlone) return { path, isFolder: false, entries: [] }
  const paths = pathsOf(files, inside)
  const entries = new Set(paths.map((each) => each.split('/', 1)[0] as string))
  const plugin = '.claude-plugin/plugin.json'
  if (paths.includes(plugin)) entries.add(plugin)
  return { path, isFolder: true, entries: [...entries] }
}

/** Each content may be a request of its own. */
function checkSize(files: readonly UpstreamFile[]): void {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0)
  if (files.length <= MAX_FILES && bytes <= MAX_TOTAL_BYTES) return
  throw new UpstreamError('unsupported', `It has ${files.length} files, which is too much for one artifact.`)
}

/** A command or agent may be named without the end of its file. */
const candidates = (path: string): string[] =>
  path === '' || /\.\w+$/.test(path) ? [path] : [path, `${path}.md`]

const isWithin = (path: string, folder: string): boolean =>
  folder === '' || path === folder || path.startsWith(`${folder}/`)

/** The folders above stay: their names may tell the type. */
function pathOnDisk(wanted: Remote, { path }: UpstreamItem): string {
  if (wanted.kind === 'plugin') return wanted.plugin
  if (path !== '') return path
  return wanted.source.kind === 'github'
    ? wanted.source.repo
    : basename(wanted.source.url).replace(/\.git$/, '')
}

async function writeFile(
  path: string,
  { mode, path: name }: UpstreamFile,
  content: Buffer | null,
): Promise<void> {
  if (content === null) throw new UpstreamError('unsupported', `${name} is too large, or could not be had.`)
  await mkdir(dirname(path), { recursive: true })
  try {
    if (mode === '120000') return await symlink(content, path)
    const handle = await open(path, 'wx', mode === '100755' ? 0o755 : 0o644)
    await handle.writeFile(content)
    await handle.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new UpstreamError('unsupported', `This disk cannot tell ${name} from another name in its folder.`)
  }
}

const versionOf = (wanted: Remote): string => (wanted.kind === 'plugin' ? 'its marketplace' : wanted.version)

function provenanceOf(wanted: Remote, { revision }: Answer, { path, version }: UpstreamItem): Provenance {
  const sha = revision === null ? {} : { resolved_sha: revision }
  if (wanted.kind === 'plugin') {
    const upstream = `${wanted.plugin}@${wanted.source.name}${wanted.path === '' ? '' : `/${wanted.path}`}`
    return {
      origin: 'marketplace',
      upstream,
      version_spec: 'latest',
      ...sha,
      ...(version && { resolved_version: version }),
    }
  }
  const { source, version: spec } = wanted
  const at = `tree/${revision ?? (spec === 'latest' ? 'HEAD' : spec)}${path === '' ? '' : `/${path}`}`
  const address = source.kind === 'github' ? `https://github.com/${source.owner}/${source.repo}` : source.url
  // A commit may be asked for as well; only what looks like a version is one
  const isVersion = spec.startsWith('v') || spec.includes('.')
  return {
    origin: source.kind === 'github' ? 'github' : 'local',
    upstream: `${address}/${at}`,
    version_spec: spec,
    ...sha,
    ...(isVersion && { resolved_version: spec }),
  }
}
