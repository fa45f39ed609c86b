/** The real command line and the real daemon, as processes, in a home folder of their own. */
import { spawn } from 'node:child_process'
import { existsSync, lchownSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type SampleHome, writeSampleHome } from '../../client-cli/demo/sample-home.ts'
import { type Paths, resolvePaths } from '../../daemon/kernel/config/paths.ts'
import { processStart } from '../../daemon/kernel/service/process-start.ts'

/** What `node` runs for `smd`. */
export const cli = join(import.meta.dirname, '../../client-cli/smd.ts')

export type RunResult = { code: number | null; stdout: string; stderr: string }

export type RunOptions = {
  cwd?: string
  /** Added to, or with undefined taken from, the environment of the sandbox. */
  env?: Record<string, string | undefined>
  /** Another `smd` than that of the source, e.g. an installed one. */
  cli?: string
  /** Put before it: a command line that runs it. */
  within?: readonly string[]
  /** Typed at the keyboard; the command then runs in a terminal of its own, where both outputs are one (Linux). */
  keyboard?: string
}

export type Sandbox = {
  /** Everything is below it. */
  root: string
  home: string
  sample: SampleHome | null
  paths: Paths
  env: NodeJS.ProcessEnv
  /** Runs `smd` with these words, to its end. */
  smd(words: string | readonly string[], options?: RunOptions): Promise<RunResult>
  /** As `smd … --json`: the answer, whatever the exit code. */
  json(words: string | readonly string[], options?: RunOptions): Promise<Record<string, unknown>>
  /** The process of the running daemon, or null. */
  daemonPid(): number | null
  /** Output with what differs from run to run replaced: folders, ids, times, versions. */
  tidy(text: string): string
  /** Ends the daemon, whatever state it is in, and removes everything. */
  dispose(): Promise<void>
}

export type SandboxOptions = {
  sample?: boolean
  /** Commands run as a user whom file modes bind, also where the tests run as root. */
  plainUser?: boolean
}

/** A user that owns nothing. */
const NOBODY = 65_534

/** A home with the sample in it, or an empty one, and smd's own folders beside it. No daemon runs yet. */
export function createSandbox({ sample = true, plainUser = false }: SandboxOptions = {}): Sandbox {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'smd-cli-')))
  const home = join(root, 'home')
  const written = sample ? writeSampleHome(home) : null
  const user = plainUser && process.getuid?.() === 0 ? NOBODY : undefined
  if (user !== undefined) giveAway(root, user)
  const env: NodeJS.ProcessEnv = {
    HOME: home,
    SMD_HOME: join(root, 'smd'),
    SMD_CLAUDE_MANAGED_DIR: join(root, 'managed'),
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    COLUMNS: '120',
    // A test that wants the page says so; the others need no port.
    SMD_WEB_ENABLED: 'false',
    // So that each process need not compile everything again.
    NODE_COMPILE_CACHE: join(tmpdir(), 'smd-test-compile-cache'),
  }
  const uid = user ?? process.getuid?.() ?? null
  const paths = resolvePaths(env, process.platform, home, uid, () => root)

  const smd: Sandbox['smd'] = (words, options = {}) => {
    const argv = typeof words === 'string' ? words.split(' ').filter(Boolean) : words
    const cwd = options.cwd ?? root
    return run([options.cli ?? cli, ...argv], { ...options, cwd, env: { ...env, ...options.env }, user })
  }
  const daemonPid = (): number | null => {
    if (!existsSync(paths.registrationFile)) return null
    const { pid } = JSON.parse(readFileSync(paths.registrationFile, 'utf8'))
    return isAlive(pid) ? pid : null
  }
  return {
    root,
    home,
    sample: written,
    paths,
    env,
    smd,
    async json(words, options) {
      const argv = typeof words === 'string' ? words.split(' ').filter(Boolean) : words
      const { stdout, stderr } = await smd([...argv, '--json'], options)
      const lines = stdout.trimEnd().split('\n')
      if (lines.length !== 1 || lines[0] === '')
        throw new Error(`not one JSON object on stdout: ${stdout}\n${stderr}`)
      return JSON.parse(lines[0] ?? '')
    },
    daemonPid,
    tidy: (text) => tidy(text, root),
    async dispose() {
      const pid = daemonPid()
      if (pid !== null) await end(pid)
      rmSync(root, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Asks the daemon to end, and makes it when it does not. Its number is from a registration in our own folder. */
async function end(pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM')
  for (let patience = 500; isAlive(pid); patience--) {
    if (patience === 0) process.kill(pid, 'SIGKILL')
    await wait(10)
  }
}

/** Whether a process runs; one that has ended does not, even if its parent has not asked for its end yet. */
export function isAlive(pid: number): boolean {
  return processStart(pid) !== null && !isZombie(pid)
}

/** Ended, but not taken note of: in a container the process with number 1 may do that once a second, or never. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false
  // `123 (name) Z …`, where the name may hold anything
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
}

function giveAway(folder: string, user: number): void {
  for (const name of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    lchownSync(join(folder, name), user, user)
  }
}

function run(
  argv: readonly string[],
  {
    cwd,
    env,
    keyboard,
    within = [],
    user,
  }: RunOptions & { cwd: string; env: NodeJS.ProcessEnv; user: number | undefined },
): Promise<RunResult> {
  const [program = '', ...words] = [...within, process.execPath, ...argv]
  const quoted = [program, ...words].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  // script(1) gives a command a terminal; its own copy of the output is not wanted.
  const child =
    keyboard === undefined
      ? spawn(program, words, {
          cwd,
          env,
          stdio: ['ignore', 'pipe', 'pipe'],
          ...(user === undefined ? {} : { uid: user, gid: user }),
        })
      : spawn('script', ['--quiet', '--return', '--command', quoted, '/dev/null'], { cwd, env })
  const result = { stdout: '', stderr: '' }
  let typed = false
  child.stdout?.on('data', (chunk: Buffer) => {
    result.stdout += chunk.toString('utf8')
    // Typed when asked: before that, a terminal throws away what is in its buffer.
    if (keyboard === undefined || typed || !result.stdout.includes('[y/N]')) return
    typed = true
    child.stdin?.write(keyboard)
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    result.stderr += chunk.toString('utf8')
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...result }))
  })
}

function tidy(text: string, root: string): string {
  return text
    .replaceAll(root, '<root>')
    .replace(/\b(art|prj)_[0-9a-f]{16}\b/g, '$1_<id>')
    .replace(/\b[0-9a-f]{64}\b/g, '<hash>')
    .replace(/\bpid \d+/g, 'pid <pid>')
    .replace(/\b\d+ folders?\b/g, '<count> folders')
    .replace(/\bsmd \d+\.\d+\.\d+/g, 'smd <version>')
    .replace(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d\.\d{3}Z)?/g, '<time>')
    .replace(/\b\d+ (ms|s|min)( ago)?\b/g, '<time>')
    .replace(/\b\d+(\.\d)? (kB|MB)\b/g, '<size>')
}
