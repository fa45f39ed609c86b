import { setTimeout as wait } from 'node:timers/promises'
import { SmdError } from '../../protocol/errors.ts'
import { defineCommand } from '../command.ts'
import { connectToRunning } from '../session.ts'

/** Longer than a daemon takes at worst (15 s), since it ends itself then. */
const PATIENCE_MS = 16_000

export const stopCommand = defineCommand({
  name: 'stop',
  summary: 'End the daemon; returns when it is gone',
  examples: [['smd stop', 'Before an update, or to free its memory']],
  args: {},
  async run({ io, paths }) {
    const connection = await connectToRunning(paths).catch((error) => {
      if (error instanceof SmdError && error.slug === 'daemon.unavailable') return null
      throw error
    })
    if (!connection) {
      if (io.json) return io.value({ stopped: false })
      return io.note('The daemon is not running.')
    }
    const { pid } = await connection.call('daemon.stop', {}).finally(connection.close)
    const deadline = performance.now() + PATIENCE_MS
    while (isAlive(pid)) {
      if (performance.now() > deadline) throw new SmdError('daemon.timeout', { socket: paths.socket })
      await wait(10)
    }
    if (io.json) return io.value({ stopped: true, pid })
    io.line(`The daemon (pid ${pid}) has ended.`)
  },
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
