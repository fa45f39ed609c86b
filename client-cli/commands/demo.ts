import { constants } from 'node:os'
import { ExitCode } from '../../protocol/errors.ts'
import { defineCommand } from '../command.ts'
import type { DemoInstance } from '../demo/instance.ts'
import { plural } from '../format/values.ts'
import { stopDaemon } from '../lifecycle/stop.ts'
import { connectToRunning } from '../session.ts'

export const demoCommand = defineCommand({
  name: 'demo',
  summary: 'Try smd on a small sample, away from your own projects',
  examples: [
    ['smd demo', 'Make the sample and start a daemon for it'],
    ['smd demo list --type skill', 'Any command, against the sample'],
    ['smd demo --clean', 'Remove all of it'],
  ],
  args: {
    clean: { type: 'boolean', describe: 'Stop the daemon of the sample and remove the sample' },
    command: {
      type: 'string',
      positional: true,
      raw: true,
      many: true,
      describe: 'A command to run against the sample, with its options',
      complete: 'command',
    },
  },
  async run({ io, paths, env, spawn: maySpawn }, { clean, command }) {
    // The texts of the sample are loaded by nobody else.
    const { demoInstance, removeDemo, writeDemo } = await import('../demo/instance.ts')
    const demo = demoInstance(paths, env)
    if (clean) {
      await stopDaemon(demo.paths)
      const removed = removeDemo(demo)
      if (io.json) io.value({ removed, folder: demo.folder })
      else io.line(removed ? `Removed ${demo.folder}` : 'There is no sample to remove.')
      return ExitCode.ok
    }
    const made = writeDemo(demo)
    if (command) {
      if (made) io.note(`A sample was made in ${demo.home}`)
      const options = [...(io.json ? ['--json'] : []), ...(maySpawn ? [] : ['--no-spawn'])]
      return runAgainst(demo, [...options, ...command])
    }
    const { pid, socket, artifacts } = await serve(demo)
    if (io.json) {
      io.value({ made, home: demo.home, smdHome: demo.env.SMD_HOME, pid, socket })
      return ExitCode.ok
    }
    io.line(`A sample of ${plural(artifacts, 'artifact')} is in ${demo.home}`)
    io.line(`A daemon of its own serves it (pid ${pid}). Put "smd demo" before any command:`)
    for (const example of ['list', 'search review', 'show code-review', 'projects list']) {
      io.line(`  smd demo ${example}`)
    }
    io.line('Remove it all with: smd demo --clean')
    return ExitCode.ok
  },
})

/** Starts the daemon of the sample unless it runs, and waits until it has read the sample. */
async function serve(demo: DemoInstance): Promise<{ pid: number; socket: string; artifacts: number }> {
  const { startDaemon } = await import('../lifecycle/start.ts')
  await startDaemon(demo.paths, demo.env)
  const connection = await connectToRunning(demo.paths)
  try {
    const { total } = await connection.call('artifacts.list', { limit: 1 })
    const { pid, socket } = await connection.call('daemon.status', {})
    return { pid, socket, artifacts: total }
  } finally {
    connection.close()
  }
}

/** The same program with the environment of the sample; its output and exit code are the user's. */
async function runAgainst({ env, cwd }: DemoInstance, command: readonly string[]): Promise<number> {
  const { spawn } = await import('node:child_process')
  const program = process.argv[1] ?? ''
  const child = spawn(process.execPath, [program, ...command], { env, cwd, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
}
