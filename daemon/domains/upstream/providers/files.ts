/** The files under one path of a source. */
import {
  type FilesQuery,
  UpstreamError,
  type UpstreamFile,
  type UpstreamFiles,
  type UpstreamSource,
} from '../source.ts'
import type { ProviderContext } from './context.ts'
import { openGit } from './git.ts'
import { githubObject, openGithub } from './github.ts'
import { withRaw } from './github-raw.ts'
import { findPluginFiles } from './marketplace.ts'
import { openPath } from './path.ts'
import { cleanPath, type Opened } from './repository.ts'
import { type Listing, treeIdOf } from './tree-id.ts'

const objectForm = /^[0-9a-f]{40}$/

/**
 * Finds the files that the last answer was about: on GitHub by the id of the folder (one request), elsewhere by the
 * commit (for git two calls), on this machine as they are now. For a plugin the catalogue is read first.
 */
export function openFiles(
  ctx: ProviderContext,
  query: FilesQuery,
  signal: AbortSignal,
): Promise<UpstreamFiles> {
  const { source, revision } = query
  const path = pathOf(query)
  switch (source.kind) {
    case 'github':
      return query.digest === null
        ? openRevision(ctx, source, path, signal)
        : openObject(ctx, source, { ...query, path }, signal)
    case 'git':
      return openRevision(ctx, { ...source, ref: revision ?? source.ref }, path, signal)
    case 'path':
      return openRevision(ctx, source, path, signal)
    case 'marketplace':
      return openPlugin(ctx, source, query, signal)
    case 'npm':
      throw new UpstreamError('unsupported', 'Nothing of a package lies on this disk to be compared.')
  }
}

function pathOf({ source, path }: FilesQuery): string {
  const clean = cleanPath(path)
  if (clean !== null) return clean
  throw new UpstreamError('unsupported', `${JSON.stringify(path)} leads out of ${source.kind}.`)
}

type Plain = Extract<UpstreamSource, { kind: 'github' | 'git' | 'path' }>

async function openRevision(
  ctx: ProviderContext,
  source: Plain,
  path: string,
  signal: AbortSignal,
): Promise<UpstreamFiles> {
  const opened = await openPlain(ctx, source, signal)
  if (opened.kind === 'unchanged') throw new Error('nothing was known of it')
  const files = await filesIn(opened, path, null)
  if (source.kind !== 'github') return files
  return withRaw(ctx, source, { ref: opened.head.commit ?? source.ref, path }, files, signal)
}

function openPlain(ctx: ProviderContext, source: Plain, signal: AbortSignal): Promise<Opened> {
  if (source.kind === 'github') return openGithub(ctx, source, null, signal)
  return source.kind === 'git' ? openGit(ctx, source, null, signal) : openPath(ctx, source)
}

/** Takes `opened` over: it is closed with what is returned, or at once when there is nothing. */
async function filesIn(
  opened: Extract<Opened, { kind: 'open' }>,
  path: string,
  digest: string | null,
): Promise<UpstreamFiles> {
  let isTaken = false
  try {
    const { files } = opened.head
    if (!files) throw new UpstreamError('unsupported', 'Of its marketplace only the catalogue can be seen.')
    if (files.kind === 'disk')
      return { kind: 'disk', path: path === '' ? files.root : `${files.root}/${path}` }
    const listing = await files.entries(path)
    const found = listing && filesOf(listing, path, digest)
    if (!found) throw new UpstreamError('not_found', 'Its source has changed since it was asked last.')
    isTaken = true
    return { kind: 'files', ...found, contents: files.contents, close: opened.close }
  } finally {
    if (!isTaken) await opened.close()
  }
}

async function openObject(
  ctx: ProviderContext,
  source: Extract<UpstreamSource, { kind: 'github' }>,
  { path, digest, isFile, revision }: FilesQuery,
  signal: AbortSignal,
): Promise<UpstreamFiles> {
  if (digest === null || !objectForm.test(digest))
    throw new UpstreamError('unsupported', `${JSON.stringify(digest)} is no id of a folder.`)
  const { listing, contents } = await githubObject(ctx, source, { id: digest, isFile }, signal)
  const found = filesOf(listing, path, digest)
  if (!found) throw new UpstreamError('bad_answer', 'GitHub named files that do not make up the folder.')
  const files = { kind: 'files' as const, ...found, contents, close: async () => undefined }
  return withRaw(ctx, source, { ref: revision ?? source.ref, path }, files, signal)
}

async function openPlugin(
  ctx: ProviderContext,
  source: Extract<UpstreamSource, { kind: 'marketplace' }>,
  { path: plugin, digest, revision }: FilesQuery,
  signal: AbortSignal,
): Promise<UpstreamFiles> {
  const found = await findPluginFiles(ctx, source, { plugin, revision }, signal)
  if (found.kind === 'inside') {
    const files = await filesIn(found.opened, found.folder, digest)
    const { location } = source
    if (location.kind !== 'github') return files
    const ref = revision ?? found.opened.head.commit ?? location.ref
    return withRaw(ctx, location, { ref, path: found.folder }, files, signal)
  }
  const { source: place, path } = found
  if (place.kind === 'github' || place.kind === 'git') return openRevision(ctx, place, path, signal)
  throw new UpstreamError('unsupported', `${plugin} lies where smd cannot look.`)
}

/** Files and links of a listing; null when it is not what `digest`, if there is one, stands for. */
function filesOf(
  listing: Listing,
  path: string,
  digest: string | null,
): { isFile: boolean; files: UpstreamFile[] } | null {
  const own = listing.get('')
  const isFile = own !== undefined && !own.mode.endsWith('40000')
  if (digest !== null && (isFile ? own.id : treeIdOf(listing)) !== digest) return null
  const name = path.slice(path.lastIndexOf('/') + 1)
  const entries = isFile ? [[name, own] as const] : [...listing]
  return { isFile, files: entries.flatMap(([each, entry]) => fileOf(each, entry) ?? []) }
}

function fileOf(
  path: string,
  { mode, id, sizeBytes }: { mode: string; id: string; sizeBytes?: number },
): UpstreamFile | null {
  // Git has no such names, but patches are made of what a server says.
  if (path !== '' && path.split('/').some((name) => name === '' || name === '.' || name === '..'))
    throw new UpstreamError('bad_answer', 'Its source has a name that leads elsewhere.')
  return mode === '100644' || mode === '100755' || mode === '120000'
    ? { path, mode, id, sizeBytes: sizeBytes ?? null }
    : null
}
