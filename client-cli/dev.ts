/**
 * `npm run dev`: the daemon from source, in the foreground, with the sample home in a throw-away folder. It starts again
 * whenever a file of the daemon or the protocol changes, and everything is removed at the end.
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

const watched = ['daemon', 'migrations', 'protocol'].map((name) => `--watch-path=${join(root, name)}`)
const daemon = spawn(process.execPath, [...watched, '--watch-preserve-output', daemonEntry], {
  env: instance.env,
  cwd: root,
  stdio: 'inherit',
})

const { HOME, SMD_HOME, SMD_CLAUDE_MANAGED_DIR } = instance.env
process.stdout.write(`The daemon runs from source and starts again when its files change. Ctrl+C ends it.
Home   ${instance.home} (the sample home of smd demo)
Socket ${instance.paths.socket}
Log    ${instance.paths.logFile}

Talk to it from another terminal:
  alias smd-dev='HOME=${HOME} SMD_HOME=${SMD_HOME} SMD_CLAUDE_MANAGED_DIR=${SMD_CLAUDE_MANAGED_DIR} ${process.execPath} ${join(root, 'client-cli', 'smd.ts')}'
  smd-dev list
`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => daemon.kill(signal))
daemon.on('exit', (code) => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  process.exitCode = code ?? 0
})
