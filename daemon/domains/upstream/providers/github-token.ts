import { runProcess } from '../../../kernel/process/run-process.ts'
import { systemTimers, type Timers } from '../../../kernel/timers.ts'

export type GithubToken = {
  /** The token, or null without any. `gh` is asked at most once. */
  get(signal: AbortSignal): Promise<string | null>
  /** GitHub does not know it (any more): from now on we are strangers. */
  reject(): void
}

const GH_PATIENCE = 2_000

/** What `gh` needs to find its own configuration and the keyring. */
const passed =
  /^(?:PATH|HOME|USER|LOGNAME|XDG_.*|GH_CONFIG_DIR|DBUS_SESSION_BUS_ADDRESS|SYSTEMROOT|USERPROFILE|(?:LOCAL)?APPDATA|PATHEXT)$/i

const tokenForm = /^[\x21-\x7e]{8,512}$/

/** Where nobody is asked, nobody asks who we are. */
export const noToken: GithubToken = { get: async () => null, reject: () => undefined }

/** The user's token for github.com: `SMD_GITHUB_TOKEN`, `GITHUB_TOKEN`, `GH_TOKEN`, else that of the program `gh`. */
export function createGithubToken(
  env: NodeJS.ProcessEnv,
  { after }: Pick<Timers, 'after'> = systemTimers,
): GithubToken {
  let asked: Promise<string | null> | null = null
  let rejected = false
  const named = [env.SMD_GITHUB_TOKEN, env.GITHUB_TOKEN, env.GH_TOKEN].find((token) => token?.trim())
  return {
    async get(signal) {
      if (rejected) return null
      asked ??= named === undefined ? askGh(env, after) : Promise.resolve(named.trim())
      const token = await asked
      signal.throwIfAborted()
      return token !== null && tokenForm.test(token) && !rejected ? token : null
    },
    reject() {
      rejected = true
    },
  }
}

async function askGh(env: NodeJS.ProcessEnv, after: Timers['after']): Promise<string | null> {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => passed.test(name)))
  try {
    const { status, stdout } = await runProcess('gh', ['auth', 'token', '--hostname', 'github.com'], {
      cwd: '/',
      env: { ...own, GH_PROMPT_DISABLED: '1', GH_NO_UPDATE_NOTIFIER: '1' },
      timeoutMs: GH_PATIENCE,
      maxBytes: 4_096,
      signal: new AbortController().signal,
      after,
    })
    return status === 0 ? stdout.toString('utf8').trim() : null
  } catch {
    // Not installed, or busy with something else: GitHub answers strangers, too.
    return null
  }
}
