/** Who is told of changes: a client of the daemon, or whoever reads what the plain process prints. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Connection } from '../../../client-cli/connect.ts'
import type { PlainFollowJob, PlainFollowReady } from '../floors/plain-follow.ts'
import { node } from '../processes.ts'

/** Long enough for any machine: what has not come by then is lost. */
const LOST_MS = 10_000

/** Tells of news by a path. One waits at a time. */
export type Follower = {
  /** Resolves to the time of the next news of this path (`performance.now()`), or to null when it is lost. */
  next(path: string): Promise<number | null>
  close(): void
}

function createFollower(close: () => void): Follower & { told(path: string): void } {
  let wanted: { path: string; resolve(at: number): void } | null = null
  return {
    close,
    told(path) {
      if (wanted?.path === path) wanted.resolve(performance.now())
    },
    next: (path) =>
      new Promise((resolve) => {
        const done = (at: number | null): void => {
          clearTimeout(lost)
          wanted = null
          resolve(at)
        }
        const lost = setTimeout(() => done(null), LOST_MS)
        wanted = { path, resolve: done }
      }),
  }
}

/** A client that has subscribed to changes of artifacts; paths are those of projects and other units. */
export async function subscribe(connection: Connection): Promise<Follower> {
  const end = new AbortController()
  const follower = createFollower(() => end.abort())
  await new Promise<void>((resolve, reject) => {
    connection.onNotification(({ method, params }) => {
      if (method === 'events.snapshot') resolve()
      else if (method === 'events.gap') reject(new Error('events are missing'))
      else if (method === 'events.event' && params.topic === 'artifacts.changed')
        follower.told(params.data.path)
    })
    connection
      .call('events.subscribe', { topics: ['artifacts.changed'] }, { signal: end.signal })
      .catch((error) => end.signal.aborted || reject(error))
  })
  return follower
}

const plainFollow = new URL('../floors/plain-follow.ts', import.meta.url).pathname

/** Starts the plain process; paths are those of files. */
export async function startPlain(
  job: PlainFollowJob,
  env: NodeJS.ProcessEnv,
): Promise<Follower & { ready: PlainFollowReady }> {
  const child: ChildProcess = spawn(node, [plainFollow, JSON.stringify(job)], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const follower = createFollower(() => child.stdin?.end())
  const lines = createInterface({ input: child.stdout as Readable })
  const ready = await new Promise<PlainFollowReady>((resolve, reject) => {
    lines.once('line', (line) => resolve(JSON.parse(line)))
    child.once('exit', (status) => reject(new Error(`the plain process ended with ${status}`)))
  })
  lines.on('line', follower.told)
  return { ...follower, ready }
}
