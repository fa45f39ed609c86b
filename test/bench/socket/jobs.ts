/** What the client process can be asked to measure. All times in microseconds. */

import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { connect } from '../../../client-cli/connect.ts'
import type { ItemRow } from '../../../daemon/domains/cache/artifact-item.ts'
import {
  type ArtifactPosition,
  selectArtifactRows,
  selectArtifacts,
} from '../../../daemon/domains/cache/artifacts-repo.ts'
import type { Database } from '../../../daemon/kernel/db/database.ts'
import { openForReading, openForWriting } from '../../../daemon/kernel/db/open.ts'
import type { Call } from '../../../protocol/client.ts'
import { interleave } from '../statistics.ts'
import { openRaw, timed } from './raw.ts'

export type Job = {
  name: string
  /** The daemon's socket and file. */
  socket: string
  cacheDb: string
  /** Folder of `echo.sock` and `send.sock`. */
  floors: string
  rounds: number
  calls: number
}

export type Samples = Record<string, number[]>
export type Answer = Samples & { bytes: number[] }
export type JobName = keyof typeof jobs

const PAGE = 100

export const jobs = { point: pointReads, list: listPages, write: writes, table: wholeTable }

/** One artifact by id against an echo of as many bytes. */
async function pointReads({ socket, floors, rounds, calls }: Job): Promise<Answer> {
  const { call, close } = connect(socket, undefined)
  const ids = await artifactIds(call)
  const sizes: number[] = []
  for (const id of ids.slice(0, 50)) {
    sizes.push(Buffer.byteLength(JSON.stringify(await call('artifacts.get', { id }))))
  }
  const size = Math.round(sizes.reduce((sum, bytes) => sum + bytes, 0) / sizes.length)
  const message = Buffer.alloc(size, 'x')
  const echo = await openRaw(join(floors, 'echo.sock'))
  const repeat = (work: (turn: number) => unknown) => async (): Promise<number[]> => {
    const times: number[] = []
    for (let turn = 0; turn < calls; turn++) times.push(await timed(() => work(turn)))
    return times
  }
  const of = (turn: number): string => ids[turn % ids.length] as string
  const samples = await interleave(
    { rounds, warmUp: 2 },
    {
      echo: repeat(() => echo.exchange(message, size)),
      single: repeat((turn) => call('artifacts.get', { id: of(turn) })),
      any: repeat((turn) => call('artifacts.show', { name: of(turn) })),
      status: repeat(() => call('daemon.status', {})),
    },
  )
  close()
  echo.close()
  return { ...samples, bytes: [size] }
}

/** Pages of 100 rows, one after the other through the whole list, against SQL, JSON and the bare transport. */
async function listPages({ socket, cacheDb, floors, rounds, calls }: Job): Promise<Answer> {
  const { call, close } = connect(socket, undefined)
  const db = openForReading(cacheDb)
  const send = await openRaw(join(floors, 'send.sock'))
  const sizes: number[] = []
  let cursor: string | null = null
  let after: ArtifactPosition | null = null
  const page = async (): Promise<void> => {
    const found: Awaited<ReturnType<typeof listPage>> = await listPage(call, cursor)
    cursor = found.nextCursor
  }
  for (let i = 0; i < 20; i++) {
    const found = await listPage(call, cursor)
    cursor = found.nextCursor
    sizes.push(Buffer.byteLength(JSON.stringify(found)))
  }
  const size = Math.round(sizes.reduce((sum, bytes) => sum + bytes, 0) / sizes.length)
  const floor = async (): Promise<void> => {
    const rows = selectArtifacts(db, {}, { sort: 'name', after, limit: PAGE })
    after = positionAfter(rows)
    JSON.parse(JSON.stringify(rows))
    await send.exchange(Buffer.from(`${size}\n`), size)
  }
  const repeat = (work: () => Promise<void>) => async (): Promise<number[]> => {
    const times: number[] = []
    for (let turn = 0; turn < calls; turn++) times.push(await timed(work))
    return times
  }
  let position: ArtifactPosition | null = null
  const sqlOnly = async (): Promise<void> => {
    position = positionAfter(selectArtifacts(db, {}, { sort: 'name', after: position, limit: PAGE }))
  }
  const samples = await interleave(
    { rounds, warmUp: 2 },
    {
      floor: repeat(floor),
      list: repeat(page),
      sql: repeat(sqlOnly),
      transport: repeat(() => send.exchange(Buffer.from(`${size}\n`), size)),
      objects: repeat(async () => void JSON.parse(JSON.stringify(plainRows(db)))),
    },
  )
  close()
  send.close()
  db.close()
  return { ...samples, bytes: [size] }
}

/** Where the next page begins; null after the last one. */
function positionAfter(rows: readonly ItemRow[]): ArtifactPosition | null {
  const last = rows.at(-1)
  return rows.length < PAGE || !last ? null : { value: last.name, uid: Buffer.from(last.uid, 'hex') }
}

const listPage = (call: Call, cursor: string | null) =>
  call('artifacts.list', { limit: PAGE, ...(cursor !== null && { cursor }) })

/** The same columns as plain objects, as a program without JSON in SQL would read them. */
function plainRows(db: Database): unknown[] {
  return db.allSql(
    `SELECT hex(a.uid) AS id, a.name, a.type, a.scope, hex(p.uid) AS projectId, p.name AS projectName, p.path AS projectPath,
       u.path AS unitPath, a.rel_path AS path, m.description, a.source, a.deployed_version AS deployedVersion,
       a.upstream_version AS upstreamVersion, a.is_outdated AS isOutdated, a.local_modified AS localModified,
       hex(a.hash) AS hash, m.tags, a.size_bytes AS sizeBytes, a.tokens, m.diagnostics, a.modified_at AS updatedAt
     FROM artifacts a JOIN scan_units u ON u.id = a.unit_id LEFT JOIN projects p ON p.id = a.project_id
     LEFT JOIN descriptions m ON m.id = a.description_id ORDER BY a.name, a.uid LIMIT ${PAGE}`,
  )
}

/** Marking one project as stale, against the same update of one row in a file of its own and an echo. */
async function writes({ socket, floors, rounds, calls }: Job): Promise<Answer> {
  const { call, close } = connect(socket, undefined)
  const { items } = await call('projects.list', { limit: PAGE })
  const ids = items.map((project) => project.id)
  const echo = await openRaw(join(floors, 'echo.sock'))
  const message = Buffer.alloc(120, 'x')
  const db = openForWriting(join(floors, 'write.db'))
  for (const { id, name, path } of items) {
    db.runSql(
      'INSERT INTO projects (uid, name, path) VALUES (?, ?, ?)',
      Buffer.from(id.slice(4), 'hex'),
      name,
      path,
    )
  }
  const repeat = (work: (turn: number) => unknown) => async (): Promise<number[]> => {
    const times: number[] = []
    for (let turn = 0; turn < calls; turn++) times.push(await timed(() => work(turn)))
    return times
  }
  const samples = await interleave(
    { rounds, warmUp: 2 },
    {
      floor: repeat(async (turn) => {
        db.runSql(
          'UPDATE projects SET last_fetched = ?, status = ? WHERE id = ?',
          turn,
          'stale',
          1 + (turn % ids.length),
        )
        await echo.exchange(message, message.length)
      }),
      write: repeat((turn) => call('cache.invalidate', { project: ids[turn % ids.length] as string })),
    },
  )
  close()
  echo.close()
  db.close()
  return { ...samples, bytes: [message.length] }
}

/** All rows as one reply, and how long others wait meanwhile. */
async function wholeTable({ socket, cacheDb, floors, rounds }: Job): Promise<Answer> {
  const { call, close } = connect(socket, undefined)
  const db = openForReading(cacheDb)
  const send = await openRaw(join(floors, 'send.sock'))
  const limit = 10_000
  const whole = await call('artifacts.table', { limit })
  if (whole.rows.length !== limit) throw new Error(`the table has ${whole.rows.length} rows`)
  const size = Buffer.byteLength(JSON.stringify(whole))
  const samples = await interleave(
    { rounds, warmUp: 2 },
    {
      floor: () =>
        timed(async () => {
          JSON.parse(`[${selectArtifactRows(db, {}, { after: null, limit })}]`)
          await send.exchange(Buffer.from(`${size}\n`), size)
        }),
      table: () => timed(() => call('artifacts.table', { limit })),
      block: () => longestWait(call, () => discarded(socket, 'artifacts.table', { limit })),
      idle: () => longestWait(call, () => new Promise((resolve) => setTimeout(resolve, 20))),
    },
  )
  close()
  send.close()
  db.close()
  return { ...samples, bytes: [size] }
}

/**
 * Lists while the daemon reads everything again: until the refresh that is asked for here, or the one at the daemon's
 * start that is asked for by then, has ended. Everything must be stale.
 */
export async function busyDaemon(socket: string): Promise<Answer> {
  const { call, close } = connect(socket, undefined)
  const other = connect(socket, undefined)
  let running = true
  const refresh = other.call('cache.refresh', {}).finally(() => {
    running = false
  })
  const list: number[] = []
  const status: number[] = []
  let cursor: string | null = null
  while (running) {
    list.push(
      await timed(async () => {
        const found: Awaited<ReturnType<typeof listPage>> = await listPage(call, cursor)
        cursor = found.nextCursor
      }),
    )
    for (let i = 0; i < 5 && running; i++) status.push(await timed(() => call('daemon.status', {})))
  }
  const { result } = await refresh
  close()
  other.close()
  return { list, status, bytes: [result?.counters.bytesRead ?? 0], changed: [result?.changesDetected ?? 0] }
}

/** The longest time a call of another client takes while `work` runs; one call follows the other without a pause. */
export async function longestWait(call: Call, work: () => Promise<unknown>): Promise<number> {
  let running = true
  const done = work().finally(() => {
    running = false
  })
  let longest = 0
  while (running) longest = Math.max(longest, await timed(() => call('daemon.status', {})))
  await done
  return longest
}

/** Asks and throws the answer away unread, so that this process stays free to ask for something else. */
export function discarded(path: string, method: string, params: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(path)
    const hello = { protocol: { min: 1, max: 1 }, client: 'bench' }
    const line = (id: number, name: string, args: object): string =>
      `${JSON.stringify({ jsonrpc: '2.0', id, method: name, params: args })}\n`
    let answers = 0
    socket.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) answers++
      if (answers < 2) return
      socket.destroy()
      resolve()
    })
    socket.on('error', reject)
    socket.write(line(1, 'daemon.hello', hello) + line(2, method, params))
  })
}

async function artifactIds(call: Call): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const found: Awaited<ReturnType<typeof listPage>> = await listPage(call, cursor)
    ids.push(...found.items.filter((_, i) => i % 10 === 0).map((item) => item.id))
    cursor = found.nextCursor
  } while (cursor !== null && ids.length < 1_000)
  return ids
}
