/**
 * A real systemd user manager, as after a login, in namespaces of its own: nothing of the machine's changes, and all its
 * processes end with it. Needs the superuser, unshare and systemd.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { RunResult } from './daemon.ts'

export type UserManager = {
  /** Runs a program in the session, with this environment and `XDG_RUNTIME_DIR`. */
  run(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<RunResult>
  /** The session and everything in it. */
  end(): Promise<void>
}

const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc']

/** `/run/user/0` is the runtime folder, as for every root session. */
const RUNTIME = '/run/user/0'
const login = `
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system ${RUNTIME}
chmod 700 ${RUNTIME}
/lib/systemd/systemd --user --unit=sockets.target --log-target=console &
`
const isReady = ['--user', 'is-active', 'sockets.target']

/** Tried in earnest: it takes namespaces, a writable cgroup, and whatever else this version of systemd asks for. */
export function canRunUserManager(): boolean {
  if (process.getuid?.() !== 0) return false
  const attempt = `${login} for i in $(seq 100); do systemctl ${isReady.join(' ')} && exit 0; sleep 0.05; done; exit 1`
  const env = { PATH: process.env.PATH, HOME: '/', XDG_RUNTIME_DIR: RUNTIME }
  return spawnSync('unshare', [...namespaces, 'sh', '-c', attempt], { env }).status === 0
}

export async function startUserManager(env: NodeJS.ProcessEnv): Promise<UserManager> {
  const session = { PATH: env.PATH, HOME: env.HOME, XDG_RUNTIME_DIR: RUNTIME }
  const child = spawn('unshare', [...namespaces, 'sh', '-c', `${login} wait`], {
    env: session,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'exit')
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8')
  })
  const manager: UserManager = {
    run: (file, args, more) => enter(child, file, args, { ...more, XDG_RUNTIME_DIR: RUNTIME }),
    async end() {
      child.kill('SIGKILL')
      await ended
    },
  }
  for (;;) {
    if (child.exitCode !== null) throw new Error(`no user manager: ${log}`)
    if (firstChild(child) !== null) {
      const { code } = await manager.run('systemctl', isReady, session)
      if (code === 0) return manager
    }
    await wait(20)
  }
}

/** The first process of the namespaces, which `unshare` waits for. */
function firstChild({ pid }: ChildProcess): string | null {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim() || null
}

function enter(
  session: ChildProcess,
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<RunResult> {
  const target = `--target=${firstChild(session)}`
  return new Promise((resolve, reject) => {
    execFile(
      'nsenter',
      [target, '--mount', '--pid', '--', file, ...args],
      { env },
      (error, stdout, stderr) => {
        const code = error ? error.code : 0
        if (typeof code === 'number') resolve({ code, stdout, stderr })
        else reject(error)
      },
    )
  })
}
