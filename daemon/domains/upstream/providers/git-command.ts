/** git as a program that asks others: in a folder of its own, with no terminal, no hooks and no surprises. */
import { rmSync } from 'node:fs'
import { runProcess } from '../../../kernel/process/run-process.ts'
import type { Timers } from '../../../kernel/timers.ts'
import { UpstreamError } from '../source.ts'
import { explainFailure } from './git-failure.ts'
import { makeGitFolder, removeLeftovers } from './git-folder.ts'
import type { GitAddress } from './git-url.ts'
import type { GithubToken } from './github-token.ts'

/** A bare repository in a temporary folder whose `origin` is the address. */
export type GitRepository = {
  /** Runs git in it; the output. Errors: `UpstreamError` when git fails. */
  run(args: readonly string[], options?: GitRunOptions): Promise<Buffer>
  /** The same for what asks the other side. */
  ask(args: readonly string[], options?: GitRunOptions): Promise<Buffer>
  remove(): void
}

/** `input` is what git reads. */
export type GitRunOptions = { maxBytes?: number; input?: string }

export type Git = {
  /** Errors: `offline`. */
  open(address: GitAddress, signal: AbortSignal): Promise<GitRepository>
  /** After a refusal: whether it is worth asking again, as a stranger. */
  becomeStranger(address: GitAddress, signal: AbortSignal): Promise<boolean>
  /** Calls that asked another side. */
  readonly requests: number
}

export type GitOptions = {
  env: NodeJS.ProcessEnv
  tempDir: string
  /** Longest silence of the other side, and of a whole call. */
  silenceMs: number
  timeoutMs: number
  offline: boolean
  githubToken: GithubToken
  after: Timers['after']
}

const OUTPUT = 64 * 1024 * 1024

/** Who the user is, how to reach other machines, and what Windows needs to run anything at all. */
const passed = new RegExp(
  `^(?:${[
    ...['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'TMP', 'TEMP', 'XDG_CONFIG_HOME', 'XDG_RUNTIME_DIR'],
    ...['SSH_AUTH_SOCK', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO', 'GIT_EXEC_PATH'],
    ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'],
    ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'USERPROFILE', 'HOMEDRIVE', 'HOMEPATH', 'APPDATA'],
    ...['LOCALAPPDATA', 'PROGRAMDATA', 'PROGRAMFILES', 'PATHEXT', 'COMSPEC'],
  ].join('|')})$`,
  'i',
)

export function createGit({
  env,
  tempDir,
  silenceMs,
  timeoutMs,
  offline,
  githubToken,
  after,
}: GitOptions): Git {
  let requests = 0
  let isTidy = false
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => passed.test(name)))

  return {
    get requests() {
      return requests
    },
    async becomeStranger(address, signal) {
      if (!isGithub(address.url) || (await githubToken.get(signal)) === null) return false
      githubToken.reject()
      return true
    },
    async open(address, signal) {
      if (offline && address.isRemote)
        throw new UpstreamError('offline', 'smd is set to be offline (net.offline).')
      if (!isTidy) removeLeftovers(tempDir)
      isTidy = true
      const token = isGithub(address.url) ? await githubToken.get(signal) : null
      const dir = makeGitFolder(tempDir, { url: address.url, token, silenceMs })
      const environment = {
        ...own,
        LC_ALL: 'C',
        GIT_DIR: dir,
        GIT_TERMINAL_PROMPT: '0',
        GIT_ASKPASS: '',
        GCM_INTERACTIVE: 'never',
        GIT_SSH_COMMAND: `ssh -o BatchMode=yes -o ConnectTimeout=${Math.ceil(silenceMs / 1000)}`,
        // Before any configuration: what is not in it is refused, wherever the other side leads.
        GIT_ALLOW_PROTOCOL: [...new Set(address.protocols)].join(':'),
      }
      const run: GitRepository['run'] = async (args, { maxBytes = OUTPUT, input } = {}) => {
        const result = await runProcess('git', args, {
          cwd: dir,
          env: environment,
          timeoutMs,
          maxBytes,
          signal,
          after,
          ...(input !== undefined && { input }),
        })
        if (result.status === 0) return result.stdout
        throw explainFailure(result, address)
      }
      return {
        run,
        ask(args, options) {
          requests++
          return run(args, options)
        },
        remove: () => rmSync(dir, { recursive: true, force: true }),
      }
    },
  }
}

/** https://github.com only, whatever the case: there, and nowhere else, the token is known. */
const isGithub = (url: string): boolean => /^https:\/\/github\.com\//i.test(url)
