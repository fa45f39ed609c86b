/**
 * Loaded before the daemon (`node --import`): makes parts of it hang for ever, as `SMD_TEST_WEDGE` says.
 * `writer`: the process that reads and writes. `start`: the process itself, when it has taken the lock. `loop`: its event loop,
 * from SIGUSR2 on. `bug`: not at all, but SIGUSR2 is a mistake that nobody catches. `loop-at-end`: its event loop, a moment after SIGTERM.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'

const sleepForEver = (): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

switch (process.env.SMD_TEST_WEDGE) {
  case 'writer':
    if (process.argv[1]?.includes('writer-process.')) sleepForEver()
    break
  case 'loop':
    if (isMainThread) process.on('SIGUSR2', sleepForEver)
    break
  case 'bug':
    if (!isMainThread) break
    process.on('SIGUSR2', () => {
      throw new Error('a bug')
    })
    break
  case 'loop-at-end':
    if (isMainThread) process.on('SIGTERM', () => setTimeout(sleepForEver, 1))
    break
  case 'start': {
    if (!isMainThread) break
    const { renameSync } = fs
    // The registration is what it writes first.
    fs.renameSync = (from, to) => {
      renameSync(from, to)
      if (String(to).endsWith('daemon.json')) sleepForEver()
    }
    syncBuiltinESMExports()
  }
}
