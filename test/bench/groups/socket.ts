/** Single calls over the socket, the client on the daemon's processor or on another one. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Bench } from '../bench.ts'
import { fillCache, newPlace, type Place, untilIdle, withDaemon } from '../daemon.ts'
import type { Goal, Group, Line, Unit } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { ask, cleanEnv, node, pinned, processors } from '../processes.ts'
import { type Answer, busyDaemon, type Job, type JobName } from '../socket/jobs.ts'
import { median, p99, quantile } from '../statistics.ts'

const clientProcess = join(import.meta.dirname, '../socket/client-process.ts')
const echoServer = join(import.meta.dirname, '../floors/echo-server.ts')

export async function measureSocket(bench: Bench): Promise<Group> {
  const tree = bench.tree(100)
  const place = newPlace(bench, tree.home)
  await fillCache(bench, place)
  const lines: Line[] = []
  const floors = join(bench.temp, 'floors')
  mkdirSync(floors)
  const first = processors?.first ?? null
  const second = processors?.second ?? null
  const server = await startEcho(floors, first, cleanEnv(tree.home, bench.temp))
  const quick = bench.options.quick
  const measure = (name: JobName, cpu: number | null, rounds: number, calls: number): Promise<Answer> => {
    const job: Job = { name, socket: place.socket, cacheDb: place.cacheDb, floors, rounds, calls }
    return ask<Answer>(clientProcess, job, { cpu, env: place.env })
  }
  try {
    await withDaemon(
      bench,
      place,
      async ({ call }) => {
        await untilIdle(call)
        const rounds = roundsOf(bench.options, 25, 5)
        lines.push(...pointLines(await measure('point', first, rounds, quick ? 40 : 200), 'same processor'))
        lines.push(...pointLines(await measure('point', second, rounds, quick ? 40 : 200), 'other processor'))
        lines.push(...listLines(await measure('list', second, rounds, quick ? 20 : 80)))
        lines.push(...tableLines(await measure('table', second, roundsOf(bench.options, 40, 5), 1)))
        lines.push(...writeLines(await measure('write', second, rounds, quick ? 20 : 80)))
      },
      { cpu: first },
    )
    lines.push(...(await busyLines(bench, place)))
  } finally {
    server.stdin?.end()
  }
  return {
    name: 'socket',
    title: 'Calls over the socket',
    about:
      'One connection, one call at a time, 10,000 artifacts. Daemon and echo server have one processor, the client shares it or has the other; scans are measured on all processors.',
    lines,
  }
}

async function startEcho(folder: string, cpu: number | null, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const [command = '', ...args] = pinned(cpu, [node, echoServer, folder])
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('exit', (status) => reject(new Error(`the echo server ended with ${status}`)))
  })
  return child
}

/** One line out of samples in microseconds. */
function line(
  id: string,
  what: string,
  figure: number,
  goal: Goal,
  samples: number,
  more: Partial<Line> = {},
): Line {
  return { id, what, unit: 'us', figure, floor: null, goal, samples: `${samples} calls`, ...more }
}

const inMs = (figure: Line): Line => ({
  ...figure,
  unit: 'ms' satisfies Unit,
  figure: figure.figure === null ? null : figure.figure / 1e3,
  floor: figure.floor && { ...figure.floor, figure: figure.floor.figure / 1e3 },
})

function pointLines(answer: Answer, where: 'same processor' | 'other processor'): Line[] {
  const { echo = [], single = [], any = [], status = [] } = answer
  const size = answer.bytes[0] ?? 0
  const floor = { what: `echo of ${size} bytes`, figure: median(echo) }
  const key = where === 'same processor' ? 'same' : 'other'
  const none: Goal = { kind: 'none' }
  const p50Goal: Goal = key === 'same' ? { kind: 'ratio', max: 1.8, plus: 10 } : { kind: 'ratio', max: 1.4 }
  const n = single.length
  return [
    line(`socket.point-${key}`, `\`artifacts.get\`, one row by id, ${where}`, median(single), p50Goal, n, {
      floor,
    }),
    inMs(
      line(`socket.point-${key}-p99`, `same, p99`, p99(single), { kind: 'most', max: 0.3 }, n, {
        floor: { what: 'echo, p99', figure: p99(echo) },
      }),
    ),
    line(
      `socket.show-${key}`,
      `\`artifacts.show\` of any artifact, with its copies, ${where}`,
      median(any),
      none,
      n,
      {
        floor,
      },
    ),
    line(`socket.status-${key}`, `\`daemon.status\`, ${where}`, median(status), none, n, { floor }),
  ]
}

function listLines(answer: Answer): Line[] {
  const { floor = [], list = [], sql = [], transport = [], objects = [] } = answer
  const size = Math.round((answer.bytes[0] ?? 0) / 1e3)
  const n = list.length
  return [
    line(
      'socket.list',
      `\`artifacts.list\`, 100 rows, ${size} kB`,
      median(list),
      { kind: 'ratio', max: 1.5 },
      n,
      {
        floor: {
          what: `SQL ${Math.round(median(sql))} + JSON + transport ${Math.round(median(transport))}`,
          figure: median(floor),
        },
      },
    ),
    inMs(line('socket.list-p99', 'same, p99', p99(list), { kind: 'most', max: 3 }, n)),
    line(
      'socket.list-objects',
      'its rows as plain objects, stringified and parsed, in one process',
      median(objects),
      { kind: 'none' },
      n,
    ),
  ]
}

function tableLines(answer: Answer): Line[] {
  const { floor = [], table = [], block = [], idle = [] } = answer
  const size = ((answer.bytes[0] ?? 0) / 1e6).toFixed(2)
  const n = table.length
  return [
    inMs(
      line(
        'socket.table',
        `\`artifacts.table\`, all 10,000 rows, ${size} MB`,
        median(table),
        { kind: 'most', max: 22_000 / 1e3 },
        n,
        {
          floor: { what: 'SQL + JSON + transport', figure: median(floor) },
        },
      ),
    ),
    inMs(
      line(
        'socket.table-block',
        'longest wait of another client meanwhile',
        median(block),
        { kind: 'most', max: 6 },
        n,
        {
          floor: { what: 'longest without', figure: median(idle) },
        },
      ),
    ),
  ]
}

function writeLines({ floor = [], write = [] }: Answer): Line[] {
  const n = write.length
  return [
    line('socket.write', '`cache.invalidate` of one project', median(write), { kind: 'ratio', max: 2 }, n, {
      floor: { what: 'UPDATE + echo', figure: median(floor) },
    }),
    inMs(line('socket.write-p99', 'same, p99', p99(write), { kind: 'most', max: 5 }, n)),
  ]
}

/** A refresh that reads and writes everything: the file says that nothing on disk is as it was. */
async function busyLines(bench: Bench, place: Place): Promise<Line[]> {
  const rounds = roundsOf(bench.options, 20, 2)
  const list: number[] = []
  const longest: number[] = []
  let changed = 0
  for (let round = 0; round < rounds; round++) {
    forgetContent(place.cacheDb)
    const answer = await withDaemon(bench, place, async ({ call }) => {
      // From here, because the daemon looks at the disk sooner than another process could start.
      const taken = await busyDaemon(place.socket)
      await untilIdle(call)
      return taken
    })
    list.push(...(answer.list ?? []))
    longest.push(quantile(answer.status ?? [], 1))
    changed = answer.changed?.[0] ?? 0
  }
  if (changed < 5_000) throw new Error(`the full scan found only ${changed} changes`)
  return [
    inMs(
      line(
        'socket.list-busy-p99',
        '`artifacts.list`, 100 rows, p99 during a full scan',
        p99(list),
        { kind: 'most', max: 3 },
        list.length,
      ),
    ),
    inMs(line('socket.list-busy', 'same, median', median(list), { kind: 'none' }, list.length)),
    inMs(
      line(
        'socket.block-busy',
        '`daemon.status`, longest wait during a full scan',
        median(longest),
        { kind: 'most', max: 10 },
        longest.length,
        { samples: `${longest.length} scans` },
      ),
    ),
  ]
}

function forgetContent(cacheDb: string): void {
  const db = new Sqlite(cacheDb)
  db.exec(
    "UPDATE artifacts SET stat_sig = x'00', hash = x'00'; UPDATE scan_units SET config_sig = '', provenance_sig = ''; UPDATE projects SET last_fetched = NULL",
  )
  db.close()
}
