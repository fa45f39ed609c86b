import type { HttpClient } from '../../../kernel/net/http-client.ts'
import type { Git } from './git-command.ts'
import type { GithubToken } from './github-token.ts'
import type { TreeMemo } from './tree-memo.ts'

/** Everything a provider may use. */
export type ProviderContext = {
  http: HttpClient
  git: Git
  githubToken: GithubToken
  /** Trees of GitHub asked for a moment ago. */
  trees: TreeMemo
  /** Base addresses, without a slash at the end. */
  githubApi: string
  /** Contents by commit and path; null: only by the API. */
  githubRaw: string | null
  npmRegistry: string
  /** The user's home folder, for paths that begin with `~`. */
  home: string
}
