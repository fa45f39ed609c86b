export type Watchdog = {
  /** Counts anew from now. */
  rearm(ms: number): void
}

/** Runs as it stands here, so that it needs no file: those of the package may have been replaced. */
const program = `
  const { parentPort, workerData } = require('node:worker_threads')
  const end = () => process.kill(process.pid, 'SIGKILL')
  let timer = setTimeout(end, workerData)
  parentPort.on('message', (ms) => {
    clearTimeout(timer)
    timer = setTimeout(end, ms)
  })
`

/**
 * Ends this process with SIGKILL after `ms`, whatever its main thread is doing then. A thread of its own, started only
 * when the end has begun: it costs nothing before, and a loop that never returns cannot keep it from its timer.
 * Nothing is lost by the signal: cache.db survives it, and the system frees the lock.
 */
export function startWatchdog(ms: number): Watchdog {
  // Built in, so not read from a file; looked up here, so that no start pays for it.
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const worker = new Worker(program, {
    eval: true,
    workerData: ms,
    // Without what the process itself was told to load first.
    execArgv: [],
    env: {},
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 8 },
  })
  worker.unref()
  return { rearm: (again) => worker.postMessage(again) }
}
