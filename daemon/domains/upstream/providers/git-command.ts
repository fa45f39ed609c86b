/** git as a program that asks others: in a folder of its own, with no terminal, no hooks and no surprises. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Timers } from '../../../kernel/net/timers.ts'
import { type RunResult, runProcess } from '../../../kernel/process/run-process.ts'
import { redactText } from '../../../kernel/secrets/redact.ts'
import { UpstreamError, type UpstreamFailure } from '../source.ts'
import type { GitAddress } from './git-url.ts'
import type { GithubToken } from './github-token.ts'

/** A bare repository in a temporary folder whose `origin` is the address. */
export type GitRepository = {
  /** Runs git in it; the output. Errors: `UpstreamError` when git fails. */
  run(args: readonly string[], options?: { maxBytes?: number }): Promise<Buffer>
  /** The same for what asks the other side. */
  ask(args: readonly string[], options?: { maxBytes?: number }): Promise<Buffer>
  remove(): void
}

export type Git = {
  /** Errors: `offline`. */
  open(address: GitAddress, signal: AbortSignal): Promise<GitRepository>
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

const prefix = 'upstream-'
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

/** The configuration of the user counts (proxies, credentials, certificates), but nothing asks and nothing runs. */
const config = {
  'core.bare': 'true',
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.askPass': '',
  'credential.interactive': 'false',
  'fetch.recurseSubmodules': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  // Fewer bytes per second are no connection.
  'http.lowSpeedLimit': '1000',
  'remote.origin.tagOpt': '--no-tags',
  'remote.origin.promisor': 'true',
  'remote.origin.partialclonefilter': 'blob:none',
}

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
    async open(address, signal) {
      if (offline && address.isRemote)
        throw new UpstreamError('offline', 'smd is set to be offline (net.offline).')
      if (!isTidy) removeLeftovers(tempDir)
      isTidy = true
      const token = isGithub(address.url) ? await githubToken.get(signal) : null
      const dir = makeRepository(tempDir, address, { token, silenceMs })
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
      const run = async (args: readonly string[], { maxBytes = OUTPUT } = {}): Promise<Buffer> => {
        const result = await runProcess('git', args, {
          cwd: dir,
          env: environment,
          timeoutMs,
          maxBytes,
          signal,
          after,
        })
        if (result.status === 0) return result.stdout
        throw explain(result, address)
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

/** What `git init` would make, and nothing of templates. The address is in no list of arguments that others can see. */
function makeRepository(
  tempDir: string,
  { url }: GitAddress,
  { token, silenceMs }: { token: string | null; silenceMs: number },
): string {
  mkdirSync(tempDir, { recursive: true })
  const dir = mkdtempSync(join(tempDir, `${prefix}${process.pid}-`))
  chmodSync(dir, 0o700)
  mkdirSync(join(dir, 'objects'))
  mkdirSync(join(dir, 'refs'))
  writeFileSync(join(dir, 'HEAD'), 'ref: refs/heads/main\n')
  const lowSpeedTime = String(Math.ceil(silenceMs / 1000))
  const credentials = Buffer.from(`x-access-token:${token}`).toString('base64')
  const lines = [
    ...['[core]', 'repositoryformatversion = 1', '[extensions]', 'partialClone = origin'],
    ...Object.entries({ ...config, 'http.lowSpeedTime': lowSpeedTime, 'remote.origin.url': url }).flatMap(
      section,
    ),
    ...(token === null
      ? []
      : ['[http "https://github.com/"]', `extraHeader = ${quote(`Authorization: Basic ${credentials}`)}`]),
  ]
  writeFileSync(join(dir, 'config'), `${lines.join('\n')}\n`, { mode: 0o600 })
  return dir
}

function section([key, value]: [string, string]): string[] {
  const parts = key.split('.')
  const name = parts.pop()
  const [first, second] = parts
  return [second === undefined ? `[${first}]` : `[${first} ${quote(second)}]`, `${name} = ${quote(value)}`]
}

const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`

/** Folders of processes that ended in the middle. */
function removeLeftovers(tempDir: string): void {
  let names: string[]
  try {
    names = readdirSync(tempDir)
  } catch {
    return
  }
  for (const name of names) {
    const pid = Number(/^upstream-(\d+)-/.exec(name)?.[1])
    if (pid > 0 && !isAlive(pid)) rmSync(join(tempDir, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** What git says on failure, in the order in which it is looked for (LC_ALL=C). */
const messages: Array<[RegExp, UpstreamFailure]> = [
  [/could not resolve (?:host|proxy)|name or service not known|temporary failure in name/i, 'offline'],
  [
    /connection (?:refused|reset|closed)|network is unreachable|no route to host|failed to connect/i,
    'offline',
  ],
  [/timed? ?out|operation too slow/i, 'timeout'],
  [/returned error: 429|rate limit/i, 'rate_limited'],
  [/unknown repository object format|mismatched algorithms|object format/i, 'unsupported'],
  [/transport '.*' not allowed/i, 'unsupported'],
  [/authentication failed|could not read (?:username|password)|terminal prompts disabled/i, 'unauthorized'],
  [
    /permission denied|host key verification failed|returned error: 40[13]|dubious ownership/i,
    'unauthorized',
  ],
  [
    /not our ref|not found|does not appear to be a git|not a git repository|does not exist|no such file/i,
    'not_found',
  ],
]

/** Git's own words, which may hold the address with a password, are for the log alone and redacted there. */
function explain({ stderr }: RunResult, { name }: GitAddress): UpstreamError {
  const reason = messages.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'bad_answer'
  const sentences: Record<UpstreamFailure, string> = {
    offline: `${name} cannot be reached.`,
    timeout: `${name} did not answer in time.`,
    rate_limited: `${name} wants to be asked less often.`,
    unsupported: `${name} is of a kind that smd does not support.`,
    unauthorized: `${name} is not for us to see.`,
    not_found: `${name} is not there, or private.`,
    bad_answer: `${name} does not answer as a repository does.`,
  }
  const cause = new Error(redactText(stderr.trim().slice(0, 1_000)))
  return new UpstreamError(reason, sentences[reason], { cause })
}
