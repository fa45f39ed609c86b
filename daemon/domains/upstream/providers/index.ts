import { createHttpClient, type NetOptions } from '../../../kernel/net/http-client.ts'
import { netTimers } from '../../../kernel/net/net-timers.ts'
import { redactNamed } from '../../../kernel/secrets/redact.ts'
import type { UpstreamAnswer, UpstreamProviders, UpstreamQuery, UpstreamSource } from '../source.ts'
import type { ProviderContext } from './context.ts'
import { asUpstreamError } from './failure.ts'
import { openFiles } from './files.ts'
import { openGit } from './git.ts'
import { createGit } from './git-command.ts'
import { openGithub } from './github.ts'
import { createGithubToken, noToken } from './github-token.ts'
import { askMarketplace } from './marketplace.ts'
import { askNpm } from './npm.ts'
import { openPath } from './path.ts'
import { askRevisions } from './repository.ts'
import { TreeMemo } from './tree-memo.ts'

export type ProvidersOptions = {
  net: NetOptions
  /** The user's home folder. */
  home: string
  /** Where git may work; what it leaves there is removed. */
  tempDir: string
  now(): number
  /** For proxies, tokens, and what git needs. */
  env: NodeJS.ProcessEnv
  /** Tokens for GitHub go here. */
  githubApi?: string
  /** Where strangers read contents; null: by the API alone, as where only that has another address. */
  githubRaw?: string | null
  npmRegistry?: string
  /** For each call of git. Default: four times the longest silence, as for every answer. */
  gitTimeoutMs?: number
}

/** Everybody who can be asked. Remembers limits, the token and trees; meant to live for one check, or for some. */
export function createProviders(options: ProvidersOptions): UpstreamProviders {
  const { net, home, tempDir, now, env, gitTimeoutMs: timeoutMs = net.timeoutMs * 4 } = options
  const timers = net.timers ?? netTimers
  const githubToken = net.offline ? noToken : createGithubToken(env, timers)
  const { after } = timers
  const ctx: ProviderContext = {
    http: createHttpClient({ ...net, now, env }),
    git: createGit({
      env,
      tempDir,
      silenceMs: net.timeoutMs,
      timeoutMs,
      offline: net.offline,
      githubToken,
      after,
    }),
    githubToken,
    trees: new TreeMemo(now),
    githubApi: options.githubApi ?? 'https://api.github.com',
    githubRaw:
      options.githubRaw ?? (options.githubApi === undefined ? 'https://raw.githubusercontent.com' : null),
    npmRegistry: options.npmRegistry ?? 'https://registry.npmjs.org',
    home,
  }
  return {
    get requests() {
      return ctx.http.requests + ctx.git.requests
    },
    async ask(query, signal) {
      return explained(query.source, signal, () => askOne(ctx, query, signal))
    },
    async files({ source, ...query }, signal) {
      const found = await explained(source, signal, () => openFiles(ctx, { source, ...query }, signal))
      if (found.kind === 'disk') return found
      const { contents } = found
      return { ...found, contents: (...args) => explained(source, signal, () => contents(...args)) }
    },
  }
}

/** Failures as `UpstreamError`, unless nobody wants the answer any more. */
async function explained<Answer>(
  source: UpstreamSource,
  signal: AbortSignal,
  work: () => Promise<Answer>,
): Promise<Answer> {
  signal.throwIfAborted()
  try {
    return await work()
  } catch (error) {
    signal.throwIfAborted()
    throw asUpstreamError(error, nameOf(source))
  }
}

function askOne(ctx: ProviderContext, query: UpstreamQuery, signal: AbortSignal): Promise<UpstreamAnswer> {
  const { source } = query
  switch (source.kind) {
    case 'github':
      return askRevisions((validator) => openGithub(ctx, source, validator, signal), query, signal)
    case 'git':
      return askRevisions((validator) => openGit(ctx, source, validator, signal), query, signal)
    case 'path':
      return askRevisions(() => openPath(ctx, source), query, signal)
    case 'npm':
      return askNpm(ctx, source, query, signal)
    case 'marketplace':
      return askMarketplace(ctx, source, query, signal)
  }
}

/** For people. */
function nameOf(source: UpstreamSource): string {
  switch (source.kind) {
    case 'github':
      return `${source.owner}/${source.repo}`
    case 'git':
      return redactNamed(source.url)
    case 'path':
      return source.path
    case 'npm':
      return `The package ${source.name}`
    case 'marketplace':
      return `The marketplace ${source.name}`
  }
}
