/** Where artifacts come from, and how such a place is asked: the contract between the check and the providers. */

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
  /** Paths ('' = all of it) whose git object ids are wanted, of the newest revision. */
  paths: readonly string[]
  /** Older revisions (commit or tag) with the paths whose ids are wanted there: what artifacts were installed from. */
  bases: ReadonlyArray<{ revision: string; paths: readonly string[] }>
  /** ETag or what served as one at the last answer; null asks anew. */
  validator: string | null
}

export type UpstreamItem = {
  path: string
  /** git tree or blob id, 40 hex; null: not there. */
  digest: string | null
  version: string | null
}

export type UpstreamAnswer =
  | { kind: 'unchanged' }
  | {
      kind: 'answer'
      /** Newest version that is meant for people: highest SemVer tag or package version or plugin version; null when there are none. */
      version: string | null
      /** Commit the answer is of. */
      revision: string | null
      validator: string | null
      items: UpstreamItem[]
      bases: Array<{ revision: string; items: UpstreamItem[] }>
    }

export type UpstreamErrorReason =
  | 'offline'
  | 'not_found'
  | 'unauthorized'
  | 'rate_limited'
  | 'timeout'
  | 'bad_answer'
  | 'unsupported'

/** What can go wrong, as values: the old answer stays and the reason is shown. */
export class UpstreamError extends Error {
  readonly reason: UpstreamErrorReason
  /** When it may be asked again, Unix ms; null when the place did not say. */
  readonly retryAt: number | null

  constructor(
    reason: UpstreamErrorReason,
    message: string = reason,
    { retryAt = null, cause }: { retryAt?: number | null; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.name = 'UpstreamError'
    this.reason = reason
    this.retryAt = retryAt
  }
}

export type UpstreamProviders = {
  /** Errors: `UpstreamError`. */
  ask(query: UpstreamQuery, signal: AbortSignal): Promise<UpstreamAnswer>
  /** Requests sent to the outside until now. */
  readonly requests: number
}
