/**
 * The plain way to know of changes, in one process: `fs.watch` on every folder of artifacts in a synchronous loop, wait
 * until a folder is quiet, read what changed, hash it, commit one row, tell the path. No project is looked for, no new
 * folder noticed, nothing described.
 *
 * `node plain-follow.ts '{"plan":FILE,"db":FILE,"settleMs":20}'` prints one JSON line when all is watched, and from then
 * on the path of each file that changed; it ends with its input.
 */
import { createHash } from 'node:crypto'
import { type FSWatcher, readdirSync, readFileSync, watch } from 'node:fs'
import Sqlite from 'better-sqlite3'
import type { ScanPlan } from './scan-plan.ts'

export type PlainFollowJob = { plan: string; db: string; settleMs: number }
/** Setting the watches; starting Node and reading the plan do not count. */
export type PlainFollowReady = { ms: number; cpuMs: number; folders: number }

const { plan, db: dbFile, settleMs } = JSON.parse(process.argv[2] as string) as PlainFollowJob
const { units } = JSON.parse(readFileSync(plan, 'utf8')) as ScanPlan

const db = new Sqlite(dbFile)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = NORMAL')
db.exec('CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, hash BLOB) WITHOUT ROWID')
const put = db.prepare('INSERT OR REPLACE INTO files (path, hash) VALUES (?, ?)')

const seen = new Set<string>()
const kept: FSWatcher[] = []
const changed = new Map<string, NodeJS.Timeout>()

const cpu = process.cpuUsage()
const start = performance.now()
for (const { folders, artifacts } of units) {
  for (const folder of folders) follow(folder)
  for (const { kind, path } of artifacts) if (kind === 'folder') followAll(path)
}
const ms = performance.now() - start
const { user, system } = process.cpuUsage(cpu)
const ready: PlainFollowReady = { ms, cpuMs: (user + system) / 1_000, folders: kept.length }
process.stdout.write(`${JSON.stringify(ready)}\n`)
process.stdin.on('end', () => process.exit(0)).resume()

function followAll(folder: string): void {
  follow(folder)
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) followAll(`${folder}/${entry.name}`)
}

function follow(folder: string): void {
  if (seen.has(folder)) return
  seen.add(folder)
  kept.push(watch(folder, { persistent: false }).on('change', (_event, name) => heard(`${folder}/${name}`)))
}

function heard(path: string): void {
  clearTimeout(changed.get(path))
  changed.set(
    path,
    setTimeout(() => read(path), settleMs),
  )
}

function read(path: string): void {
  changed.delete(path)
  put.run(path, createHash('sha256').update(readFileSync(path)).digest())
  process.stdout.write(`${path}\n`)
}
