/**
 * `npm run dev`: the daemon from source, in the foreground, with the sample home in a throw-away folder. It starts again
 * whenever a file of the daemon or the protocol changes; the page is built again when one of its files does, and served
 * from there. Everything is removed at the end.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolvePaths } from '../daemon/kernel/config/paths.ts'
import { demoInstance, writeDemo } from './demo/instance.ts'
import { daemonEntry } from './entries.ts'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'smd-dev-'))
const own = resolvePaths(
  { SMD_HOME: folder },
  process.platform,
  folder,
  process.getuid?.() ?? null,
  () => folder,
)
const instance = demoInstance(own, process.env)
writeDemo(instance)

/** Beside the usual one, so that the user's own daemon keeps that; browsers stay signed in while the daemon restarts. */
const env = { ...instance.env, SMD_WEB_PORT: '7473' }

const watched = ['daemon', 'migrations', 'protocol'].map((name) => `--watch-path=${join(root, name)}`)
/** Node has whatever it watches tell what it loads; the daemon's own processes would tell the daemon instead. */
const discreet = ['--import', 'data:text/javascript,delete process.env.WATCH_REPORT_DEPENDENCIES']
const daemon = spawn(process.execPath, [...watched, '--watch-preserve-output', ...discreet, daemonEntry], {
  env,
  cwd: root,
  stdio: 'inherit',
})
const vite = join(root, 'node_modules/vite/bin/vite.js')
const page = spawn(
  process.execPath,
  [vite, 'build', 'web', '--config', join(root, 'web/vite.config.ts'), '--watch', '--logLevel', 'warn'],
  { env: process.env, cwd: root, stdio: 'inherit' },
)

const { HOME, SMD_HOME, SMD_CLAUDE_MANAGED_DIR } = instance.env
process.stdout.write(`The daemon runs from source and starts again when its files change. Ctrl+C ends it.
Home   ${instance.home} (the sample home of smd demo)
Socket ${instance.paths.socket}
Log    ${instance.paths.logFile}

Talk to it from another terminal:
  alias smd-dev='HOME=${HOME} SMD_HOME=${SMD_HOME} SMD_CLAUDE_MANAGED_DIR=${SMD_CLAUDE_MANAGED_DIR} ${process.execPath} ${join(root, 'client-cli', 'smd.ts')}'
  smd-dev list
  smd-dev open
The page is built again when a file in web changes; reload it then.
`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => daemon.kill(signal))
daemon.on('exit', (code) => {
  page.kill()
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  process.exitCode = code ?? 0
})
