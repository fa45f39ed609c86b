/** What is asked of the places artifacts come from, and what they answer. */

/** One place that is asked once for all artifacts that come from it. */
export type UpstreamSource =
  | { kind: 'github'; owner: string; repo: string; ref: string | null }
  | { kind: 'git'; url: string; ref: string | null }
  | { kind: 'path'; path: string }
  | { kind: 'npm'; name: string; registry: string | null }
  /** A registered plugin marketplace: its `.claude-plugin/marketplace.json`, from where it was added. */
  | { kind: 'marketplace'; name: string; location: UpstreamSource | { kind: 'url'; url: string } }

/** What is wanted of it. */
export type UpstreamQuery = {
  source: UpstreamSource
  /** Paths ('' = all of it) whose git object ids are wanted, of the newest revision; of a marketplace, its plugins. */
  paths: readonly string[]
  /** Older revisions (commit or tag) with the paths whose ids are wanted there: what artifacts were installed from. */
  bases: ReadonlyArray<{ revision: string; paths: readonly string[] }>
  /** ETag or what served as one at the last answer, which held every path; null asks anew. */
  validator: string | null
}

export type UpstreamItem = {
  path: string
  /** Id of the git tree or blob, 40 hex; null: not there, or not known. */
  digest: string | null
  version: string | null
}

export type UpstreamAnswer =
  | { kind: 'unchanged' }
  | {
      kind: 'answer'
      /** Newest version that is meant for people: highest SemVer tag, package or plugin version; null without any. */
      version: string | null
      /** Commit the answer is of. */
      revision: string | null
      validator: string | null
      items: UpstreamItem[]
      /** One that could not be asked is missing; one that is not there has items without digests. */
      bases: Array<{ revision: string; items: UpstreamItem[] }>
    }

/** Why there is no answer. `bad_answer`: the other side failed, or said what makes no sense. */
export type UpstreamFailure =
  | 'offline'
  | 'not_found'
  | 'unauthorized'
  | 'rate_limited'
  | 'timeout'
  | 'bad_answer'
  | 'unsupported'

/** What can go wrong, as values: the old answer stays and the reason is shown. The message holds no secret. */
export class UpstreamError extends Error {
  readonly reason: UpstreamFailure
  /** Not to be asked again before, Unix ms; null: whenever. */
  readonly retryAt: number | null

  constructor(
    reason: UpstreamFailure,
    message: string,
    { retryAt = null, cause }: { retryAt?: number | null; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'UpstreamError'
    this.reason = reason
    this.retryAt = retryAt
  }
}

/** Whose files are wanted: what the last answer said of one path. */
export type FilesQuery = {
  source: UpstreamSource
  /** As in `UpstreamQuery`. */
  path: string
  /** `digest` of the item; of a plugin that is pinned elsewhere, the commit. */
  digest: string | null
  /** Commit of the answer. */
  revision: string | null
  /** Whether a single file is expected there; only what to try first. */
  isFile: boolean
}

/** One file, or link, below the path that was asked for. */
export type UpstreamFile = {
  /** Relative to it, `/`-separated; of a single file its name. */
  path: string
  mode: '100644' | '100755' | '120000'
  /** Id of the git blob, 40 hex. */
  id: string
  /** Null: nobody said. */
  sizeBytes: number | null
}

/**
 * Tells what files hold, each as soon as it is known; those longer than `maxBytes`, and those beyond what one may ask for
 * at a time, are left out. Errors: as `files` of the providers.
 */
export type ContentsOf = (
  files: readonly UpstreamFile[],
  maxBytes: number,
  found: (id: string, content: Buffer) => void,
) => Promise<void>

export type UpstreamFiles =
  /** They lie on this machine, in this folder or file. */
  | { kind: 'disk'; path: string }
  | {
      kind: 'files'
      isFile: boolean
      files: UpstreamFile[]
      contents: ContentsOf
      close(): Promise<void>
    }

export type UpstreamProviders = {
  /** Errors: `UpstreamError`, and the reason of `signal` when that is aborted. */
  ask(query: UpstreamQuery, signal: AbortSignal): Promise<UpstreamAnswer>
  /** Finds the files under one path, as they were at the last answer. To be closed. Errors: the same. */
  files(query: FilesQuery, signal: AbortSignal): Promise<UpstreamFiles>
  /** How often somebody outside was asked: HTTP requests and calls of git that reach a remote. */
  readonly requests: number
}
