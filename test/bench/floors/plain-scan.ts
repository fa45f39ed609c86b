/**
 * The plain pipeline in one process, as somebody would write it who has no cache to keep right: walk the home folder
 * for projects, list the folders of artifacts, read every file of each, hash it, take name and description from its
 * head, insert. The same files, the same tables and indexes, prepared statements, everything in one transaction.
 *
 * `node plain-scan.ts '{"plan":FILE,"mode":"full","db":FILE}'` prints what it did and the time it took, ms; starting
 * Node and reading the plan do not count. Mode `units` makes a transaction of each unit, as a program must that serves
 * readers meanwhile; mode `rescan` walks and calls lstat on the same files.
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs'
import Sqlite from 'better-sqlite3'
import { migrations } from '../../../migrations/index.ts'
import { commaList, readHead } from './plain-head.ts'
import type { PlannedArtifact, ScanPlan } from './scan-plan.ts'

export type PlainScanJob = { plan: string; mode: 'full' | 'units' | 'rescan'; db: string }
export type PlainScanAnswer = {
  ms: number
  walkMs: number
  cpuMs: number
  files: number
  bytes: number
  artifacts: number
  projects: number
}

const { plan, mode, db: dbFile } = JSON.parse(process.argv[2] as string) as PlainScanJob
const { home, units } = JSON.parse(readFileSync(plan, 'utf8')) as ScanPlan

const counts = { files: 0, bytes: 0, artifacts: 0, projects: 0 }
const cpu = process.cpuUsage()
const start = performance.now()
findProjects(home)
const walkMs = performance.now() - start
if (mode === 'rescan') lookAtAll()
else scanAll(mode === 'units')
const ms = performance.now() - start
const { user, system } = process.cpuUsage(cpu)
const answer: PlainScanAnswer = { ms, walkMs, cpuMs: (user + system) / 1e3, ...counts }
process.stdout.write(JSON.stringify(answer))

/** Every folder to the same depth as the product looks, but hidden ones and dependencies; a project's root ends it. */
function findProjects(root: string): void {
  const markers = new Set([
    '.claude',
    '.mcp.json',
    '.agents',
    '.codex',
    '.cursor',
    '.gemini',
    '.opencode',
    'AGENTS.md',
    'CLAUDE.md',
  ])
  const skipped = new Set([
    'node_modules',
    'vendor',
    'target',
    'dist',
    'build',
    'out',
    'venv',
    '__pycache__',
    'cache',
  ])
  let level = [root]
  for (let depth = 0; depth <= 6 && level.length > 0; depth++) {
    const next: string[] = []
    for (const folder of level) {
      const entries = readdirSync(folder, { withFileTypes: true })
      const isProject = folder !== root && entries.some(({ name }) => markers.has(name))
      if (isProject) counts.projects++
      if (isProject && entries.some(({ name }) => name === '.git')) continue
      for (const entry of entries) {
        if (!entry.isDirectory() || entry.name.startsWith('.') || skipped.has(entry.name)) continue
        next.push(`${folder}/${entry.name}`)
      }
    }
    level = next
  }
}

function lookAtAll(): void {
  for (const unit of units) {
    for (const folder of unit.folders) readdirSync(folder, { withFileTypes: true })
    const parts = new Set<string>()
    for (const { kind, path } of unit.artifacts) {
      counts.artifacts++
      if (kind === 'folder') eachFile(path, '', (file) => void lstatSync(file))
      else if (kind === 'file') lstatSync(path)
      else if (!parts.has(path)) {
        parts.add(path)
        lstatSync(path)
      }
    }
  }
}

/** Regular files and links to them; linked folders are not entered. */
function eachFile(folder: string, prefix: string, work: (path: string, relPath: string) => void): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }) as Dirent[]) {
    const path = `${folder}/${entry.name}`
    const relPath = prefix + entry.name
    if (entry.isDirectory()) eachFile(path, `${relPath}/`, work)
    else if (entry.isFile() || statSync(path, { throwIfNoEntry: false })?.isFile()) {
      counts.files++
      work(path, relPath)
    }
  }
}

type Read = { hash: Buffer; size: number; modifiedAt: number; text: string }

function scanAll(inUnits: boolean): void {
  const db = new Sqlite(dbFile)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.pragma('foreign_keys = ON')
  for (const migration of migrations) db.exec(migration.up)
  const put = prepareWriter(db)
  const beginning = db.prepare('BEGIN IMMEDIATE')
  const end = db.prepare('COMMIT')
  if (!inUnits) beginning.run()
  for (const unit of units) {
    for (const folder of unit.folders) readdirSync(folder, { withFileTypes: true })
    const configs = new Map<string, Read>()
    const read = unit.artifacts.map((artifact) => [artifact, readArtifact(artifact, configs)] as const)
    if (inUnits) beginning.run()
    const ids = put.unit(unit.path, unit.isProject)
    for (const [artifact, content] of read) put.artifact(ids, artifact, content)
    if (inUnits) end.run()
  }
  if (!inUnits) end.run()
  db.close()
}

function readArtifact({ kind, path, fragment }: PlannedArtifact, configs: Map<string, Read>): Read {
  counts.artifacts++
  if (kind === 'folder') return readFolderOf(path)
  if (kind === 'file') return readOne(path)
  let config = configs.get(path)
  if (!config) {
    config = fragment === '' ? { hash: Buffer.alloc(32), size: 0, modifiedAt: 0, text: '' } : readOne(path)
    if (config.text.startsWith('{')) JSON.parse(config.text)
    configs.set(path, config)
  }
  return { ...config, hash: createHash('sha256').update(fragment).digest(), text: '' }
}

function readOne(path: string): Read {
  counts.files++
  const { content, modifiedAt } = readTimed(path)
  const hash = createHash('sha256').update(content).digest()
  return { hash, size: content.length, modifiedAt, text: content.toString('utf8') }
}

/** Content and time with four calls of the system; lstat and readFile together would take five. */
function readTimed(path: string): { content: Buffer; modifiedAt: number } {
  const file = openSync(path, 'r')
  const { size, mtimeMs } = fstatSync(file)
  const content = Buffer.allocUnsafe(size)
  readSync(file, content, 0, size, 0)
  closeSync(file)
  counts.bytes += size
  return { content, modifiedAt: Math.round(mtimeMs) }
}

function readFolderOf(folder: string): Read {
  const sum = createHash('sha256')
  const read: Read = { hash: Buffer.alloc(0), size: 0, modifiedAt: 0, text: '' }
  eachFile(folder, '', (path, relPath) => {
    const { content, modifiedAt } = readTimed(path)
    sum.update(relPath).update('\0').update(content)
    read.size += content.length
    read.modifiedAt = Math.max(read.modifiedAt, modifiedAt)
    if (relPath === 'SKILL.md') read.text = content.toString('utf8')
  })
  read.hash = sum.digest()
  return read
}

function prepareWriter(db: InstanceType<typeof Sqlite>) {
  const project = db.prepare('INSERT INTO projects (uid, name, path, status) VALUES (?, ?, ?, ?)')
  const unit = db.prepare('INSERT INTO scan_units (kind, path, name, project_id) VALUES (?, ?, ?, ?)')
  const known = db.prepare('SELECT id FROM descriptions WHERE digest = ?').pluck()
  const describe = db.prepare(
    'INSERT INTO descriptions (digest, title, description, tags, aliases, diagnostics, metadata) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const artifact = db.prepare(
    `INSERT INTO artifacts (uid, unit_id, project_id, name, type, scope, host, rel_path, fragment, description_id, source,
       deployed_version, upstream_version, is_outdated, local_modified, hash, stat_sig, size_bytes, tokens, modified_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, NULL, 0, 0, ?, ?, ?, ?, ?)`,
  )
  const text = db.prepare(
    'INSERT INTO artifact_text (rowid, name, title, description, tags, source, type) VALUES (?, ?, ?, ?, ?, NULL, ?)',
  )
  const names = db.prepare('INSERT INTO artifact_names (rowid, name, tags) VALUES (?, ?, ?)')
  const uidOf = (identity: string): Buffer => createHash('sha256').update(identity).digest().subarray(0, 8)
  let count = 0

  const descriptionId = (values: readonly (string | null)[]): number | bigint | null => {
    if (values.every((value) => value === null)) return null
    const digest = createHash('sha256').update(JSON.stringify(values)).digest().subarray(0, 16)
    return (known.get(digest) as number | undefined) ?? describe.run(digest, ...values).lastInsertRowid
  }

  return {
    unit(path: string, isProject: boolean): { unitId: number | bigint; projectId: number | bigint | null } {
      const name = path.slice(path.lastIndexOf('/') + 1)
      const projectId = isProject ? project.run(uidOf(path), name, path, 'active').lastInsertRowid : null
      return {
        unitId: unit.run(isProject ? 'project' : 'user', path, name, projectId).lastInsertRowid,
        projectId,
      }
    },
    artifact(
      ids: { unitId: number | bigint; projectId: number | bigint | null },
      { name, type, scope, host, relPath, fragment, path }: PlannedArtifact,
      { hash, size, modifiedAt, text: content }: Read,
    ): void {
      const head = readHead(content)
      const tags = commaList(head.tags)
      const metadata = Object.keys(head.rest).length > 0 ? JSON.stringify(head.rest) : null
      const description = descriptionId([head.title, head.description, tags, null, null, metadata])
      const { lastInsertRowid: id } = artifact.run(
        uidOf(`${scope}\0${type}\0${path}\0${fragment}\0${count++}`),
        ids.unitId,
        ids.projectId,
        name,
        type,
        scope,
        host,
        relPath,
        fragment,
        description,
        head.version,
        hash,
        hash.subarray(0, 8),
        size,
        Math.ceil(content.length / 4),
        modifiedAt,
      )
      text.run(id, name, head.title, head.description?.slice(0, 1_024) ?? null, tags, `zz${type}`)
      names.run(id, name, tags)
    },
  }
}
