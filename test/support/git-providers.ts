/** Answers about repositories on this disk, as git itself tells them: what a provider of the daemon does without a network. */
import { fileURLToPath } from 'node:url'
import { rcompare, valid } from 'semver'
import type {
  FilesQuery,
  UpstreamFile,
  UpstreamFiles,
  UpstreamItem,
  UpstreamProviders,
  UpstreamQuery,
} from '../../daemon/domains/upstream/source.ts'
import { UpstreamError } from '../../daemon/domains/upstream/source.ts'
import { git, readBlob } from './upstream-repo.ts'

export type GitProviders = UpstreamProviders & {
  /** Everything that was asked, oldest first. */
  asked: UpstreamQuery[]
  /** Folders whose files were asked for, and contents, oldest first. */
  askedFor: string[]
  /** Questions that are being answered, and the most there were at the same time. */
  running: number
  most: number
  /** Set to have every question fail. */
  failure: UpstreamError | null
}

/** `repositories`: folder by `owner/repo` of GitHub. Sources of kind `git` are file URLs. */
export function gitProviders(repositories: Readonly<Record<string, string>> = {}): GitProviders {
  const providers = {
    asked: [] as UpstreamQuery[],
    askedFor: [] as string[],
    running: 0,
    most: 0,
    failure: null as UpstreamError | null,
    get requests() {
      return providers.asked.length
    },
    async ask(query: UpstreamQuery) {
      providers.asked.push(query)
      providers.most = Math.max(providers.most, ++providers.running)
      try {
        // Others get their turn, as with a network
        await new Promise((resolve) => setImmediate(resolve))
        if (providers.failure) throw providers.failure
        return answer(folderOf(query, repositories), query)
      } finally {
        providers.running--
      }
    },
    async files(query: FilesQuery): Promise<UpstreamFiles> {
      providers.askedFor.push(query.path)
      if (providers.failure) throw providers.failure
      if (query.source.kind === 'path') return { kind: 'disk', path: `${query.source.path}/${query.path}` }
      return filesAt(folderOf(query, repositories), query, (id) => {
        providers.askedFor.push(id)
        if (providers.failure) throw providers.failure
      })
    },
  }
  return providers
}

function folderOf(
  { source }: Pick<UpstreamQuery, 'source'>,
  repositories: Readonly<Record<string, string>>,
): string {
  if (source.kind === 'git') return fileURLToPath(source.url)
  const folder = source.kind === 'github' ? repositories[`${source.owner}/${source.repo}`] : undefined
  if (folder === undefined) throw new UpstreamError('not_found', 'There is no such repository.')
  return folder
}

function answer(dir: string, { source, paths, bases, validator }: UpstreamQuery) {
  const ref = ('ref' in source && source.ref) || 'HEAD'
  const revision = git(dir, 'rev-parse', `${ref}^{commit}`)
  if (revision === validator) return { kind: 'unchanged' as const }
  const tags = git(dir, 'tag').split('\n')
  return {
    kind: 'answer' as const,
    version: tags.filter((tag) => valid(tag)).sort(rcompare)[0] ?? null,
    revision,
    validator: revision,
    items: itemsAt(dir, revision, paths),
    bases: bases.map((base) => ({ revision: base.revision, items: itemsAt(dir, base.revision, base.paths) })),
  }
}

function itemsAt(dir: string, revision: string, paths: readonly string[]): UpstreamItem[] {
  const ids = new Map([['', git(dir, 'rev-parse', `${revision}^{tree}`)]])
  for (const line of git(dir, 'ls-tree', '-r', '-t', '-z', revision).split('\0')) {
    const [, id, path] = /^\S+ \S+ ([0-9a-f]{40})\t(.*)$/s.exec(line) ?? []
    if (id !== undefined && path !== undefined) ids.set(path, id)
  }
  return paths.map((path) => ({ path, digest: ids.get(path) ?? null, version: null }))
}

function filesAt(dir: string, { path, digest }: FilesQuery, asked: (id: string) => void): UpstreamFiles {
  const id = digest ?? ''
  const isFile = git(dir, 'cat-file', '-t', id) === 'blob'
  const lines = isFile ? [`100644 blob ${id}\t${path}`] : git(dir, 'ls-tree', '-r', '-z', id).split('\0')
  const files = lines.flatMap((line): UpstreamFile[] => {
    const [, mode, blob, name] = /^(100644|100755|120000) blob (\S+)\t(.*)$/s.exec(line) ?? []
    if (mode === undefined || blob === undefined || name === undefined) return []
    return [
      {
        path: name.slice(isFile ? name.lastIndexOf('/') + 1 : 0),
        mode: mode as '100644',
        id: blob,
        sizeBytes: null,
      },
    ]
  })
  return {
    kind: 'files',
    isFile,
    files,
    async contents(wanted, maxBytes, found) {
      for (const { id: blob } of wanted) {
        asked(blob)
        const content = readBlob(dir, blob)
        if (content.length <= maxBytes) found(blob, content)
      }
    },
    close: async () => undefined,
  }
}
