/** What happens to a daemon in its life: clients that read, come and go, change files, cancel. */
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Connection, connect } from '../../client-cli/connect.ts'
import { SmdError } from '../../protocol/errors.ts'
import type { Random } from '../demo/random.ts'

export type Churn = {
  socket: string
  /** Absolute paths of the projects that may be changed. */
  projects: readonly string[]
  random: Random
  /** How often each kind of thing was done, in order. */
  counts: Record<string, number>
  /** What went wrong, one sentence each. */
  failures: string[]
  /** Whether there is anything left to do. */
  goesOn(): boolean
  /** Rest between two operations of one client, ms. */
  pauseMs: number
}

/** Clients of each kind at the same time, and how many times the usual rest they take. */
const crowd = { reader: [6, 1], visitor: [3, 1], changer: [2, 5], canceller: [1, 25] } as const
/** Those that are told apart by number: each has its own projects to change. */
const CHANGERS = crowd.changer[0]

/** Runs all of it until `goesOn` says no. Failures of the daemon end up in `failures`; nothing is thrown. */
export async function runChurn(churn: Churn): Promise<void> {
  const workers = { reader, visitor, changer, canceller }
  const names = Object.keys(crowd) as Array<keyof typeof crowd>
  await Promise.all(
    names.flatMap((name) =>
      Array.from({ length: crowd[name][0] }, (_, i) =>
        repeat(churn, name, workers[name](churn, churn.random.fork(`${name} ${i}`), i)),
      ),
    ),
  )
}

type Worker = { once(): Promise<void>; close(): void }

async function repeat(churn: Churn, name: keyof typeof crowd, worker: Worker): Promise<void> {
  try {
    while (churn.goesOn()) {
      try {
        await worker.once()
        churn.counts[name] = (churn.counts[name] ?? 0) + 1
      } catch (error) {
        churn.failures.push(`${name}: ${(error as Error).message}`)
        // Whatever it is will not get better by asking a thousand times a second.
        await wait(100)
      }
      await wait(churn.pauseMs * crowd[name][1])
    }
  } finally {
    worker.close()
  }
}

/** Any question; throws unless it is answered. */
async function ask({ call }: Connection, churn: Churn, random: Random): Promise<void> {
  const project = random.pick(churn.projects)
  const questions = [
    () => call('artifacts.list', { limit: random.int(1, 200) }),
    () => call('artifacts.list', { project, limit: 50 }),
    () => call('artifacts.search', { query: random.pick(['review', 'test', 'sql', 'reviw', 'deploy', 'a']) }),
    async () => {
      const { items } = await call('artifacts.list', { limit: 20 })
      const { id } = random.pick(items)
      // It may have been removed in between, by a changer.
      await call('artifacts.show', { name: id }).catch(unless('artifact.not_found'))
    },
    () => call('artifacts.complete', { prefix: random.pick(['a', 'co', 'soak']) }),
    () => call('artifacts.table', {}),
    () => call('projects.list', {}),
    () => call('projects.show', { project }),
    () => call('cache.status', {}),
    () => call('daemon.status', {}),
    () => call('config.list', {}),
  ]
  await random.pick(questions)()
}

function reader(churn: Churn, random: Random): Worker {
  const connection = connect(churn.socket, undefined)
  return { once: () => ask(connection, churn, random), close: connection.close }
}

/** Comes, asks a few things, and leaves: with manners, without waiting for the answer, or in the middle of a word. */
function visitor(churn: Churn, random: Random): Worker {
  return {
    async once() {
      if (random.chance(0.2)) return rude(churn.socket, random)
      const connection = connect(churn.socket, random.pick(churn.projects))
      for (let i = random.int(1, 4); i > 0; i--) await ask(connection, churn, random)
      if (random.chance(0.3)) connection.call('artifacts.table', {}).catch(() => undefined)
      connection.close()
    },
    close: () => undefined,
  }
}

function rude(path: string, random: Random): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(path)
    socket.on('error', reject)
    socket.on('connect', () => {
      const words = ['', '{"jsonrpc"', '\n\n', '\0\xff\n', `${'['.repeat(1_000)}\n`]
      socket.write(random.pick(words), () => {
        socket.destroy()
        resolve()
      })
    })
  })
}

/** Makes, changes and removes a skill, and sees each time that the daemon knows once it was told to look. */
function changer(churn: Churn, random: Random, index: number): Worker {
  const { call, close } = connect(churn.socket, undefined)
  let made = 0
  return {
    close,
    async once() {
      const project = random.pick(churn.projects.filter((_, i) => i % CHANGERS === index))
      const name = `soak-${index}-${++made}`
      const folder = join(project, '.claude', 'skills', name)
      const look = async (): Promise<string | null> => {
        await call('cache.refresh', { project, force: true })
        const shown = await call('artifacts.show', { name, project }).catch(unless('artifact.not_found'))
        return shown ? shown.description : null
      }
      const expect = async (wanted: string | null): Promise<void> => {
        const found = await look()
        if (found !== wanted)
          throw new Error(`${name} is ${found ?? 'not there'}, not ${wanted ?? 'removed'}`)
      }
      mkdirSync(folder, { recursive: true })
      try {
        for (const version of ['first', 'second']) {
          writeFileSync(
            join(folder, 'SKILL.md'),
            `---\nname: ${name}\ndescription: The ${version}.\n---\n${version}\n`,
          )
          await expect(`The ${version}.`)
        }
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
      await expect(null)
      if (random.chance(0.2)) touchAll(project)
      if (random.chance(0.05)) await call('cache.refresh', { force: true })
    },
  }
}

/** Gives every artifact of a project another time, so that it is read again. */
export function touchAll(project: string): void {
  const folder = join(project, '.claude')
  const now = Date.now() / 1000
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.md')) utimesSync(join(folder, name), now, now)
  }
}

/** Gives up what takes long. */
function canceller(churn: Churn, random: Random): Worker {
  const { call, close } = connect(churn.socket, undefined)
  return {
    close,
    async once() {
      const giveUp = new AbortController()
      const asked = random.chance(0.5)
        ? call('cache.refresh', { force: true }, { signal: giveUp.signal })
        : call('artifacts.table', {}, { signal: giveUp.signal })
      await wait(random.int(0, 20))
      giveUp.abort()
      await asked.catch(unless('request.cancelled'))
    },
  }
}

const unless =
  (slug: string) =>
  (error: unknown): null => {
    if (error instanceof SmdError && error.slug === slug) return null
    throw error
  }
