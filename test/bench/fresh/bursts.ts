/** Many changes at once, and whether one of them was lost. */
import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import type { Call } from '../../../protocol/client.ts'
import type { Bench } from '../bench.ts'
import { fillCache, newPlace, type Place } from '../daemon.ts'
import type { Line } from '../lines.ts'
import { filesOfProjects, type OwnFile, type OwnTree } from './tree.ts'

const BURST = 250
/** Between two bursts at most, ms: some meet the reading of the one before, some do not. */
const PAUSE_MS = 100

/** Changes thousands of files without waiting for anything, then asks for everything made so far. */
export async function burstLines(bench: Bench, tree: OwnTree, place: Place, call: Call): Promise<Line[]> {
  const count = bench.options.quick ? 300 : 10_000
  const files = filesOfProjects(tree.plan)
  const made: string[] = []
  for (let done = 0; done < count; ) {
    for (let i = 0; i < BURST && done < count; i++) changeOne(files, made, done++)
    await wait(Math.random() * PAUSE_MS)
  }
  const start = performance.now()
  const { result } = await call('cache.sync', {})
  const syncMs = performance.now() - start
  if (!result) throw new Error('there was no sync')
  const rows = rowsOf(place)
  const truth = newPlace(bench, tree.home)
  await fillCache(bench, truth)
  const wrong = differences(rows, rowsOf(truth)) + wrongHashes(rows)
  const samples = `${count.toLocaleString('en')} changes`
  return [
    {
      id: 'fresh.lost',
      what: `artifacts that differ from the disk after bursts of ${BURST} changes and \`cache.sync\` (edited, made, removed; of ${rows.length.toLocaleString('en')})`,
      unit: '',
      figure: wrong,
      floor: null,
      goal: { kind: 'most', max: 0 },
      samples,
    },
    {
      id: 'fresh.sync',
      what: '`cache.sync` right after the last burst',
      unit: 'ms',
      figure: syncMs,
      floor: null,
      goal: { kind: 'none' },
      samples: '1 call',
    },
  ]
}

/** Nine of ten are edits; the others make an artifact, or remove one made before. */
function changeOne(files: readonly OwnFile[], made: string[], turn: number): void {
  const { path, unit } = files[Math.floor(Math.random() * files.length)] as OwnFile
  const old = turn % 20 === 19 ? made.splice(Math.floor(Math.random() * made.length), 1)[0] : undefined
  if (old !== undefined) rmSync(dirname(old), { recursive: true })
  else if (turn % 10 === 9) {
    const skill = join(unit, '.claude/skills', `made-${turn}`, 'SKILL.md')
    mkdirSync(dirname(skill), { recursive: true })
    writeFileSync(skill, `---\nname: made-${turn}\ndescription: Made in turn ${turn}.\n---\n`)
    made.push(skill)
  } else appendFileSync(path, `\nChanged in turn ${turn}.\n`)
}

type Row = { path: string; type: string; fragment: string; scope: string; size: number; hash: string | null }

function rowsOf({ cacheDb }: Place): Row[] {
  const db = new Sqlite(cacheDb, { readonly: true })
  const sql = `SELECT u.path || '/' || a.rel_path AS path, a.type, a.fragment, a.scope, a.size_bytes AS size, lower(hex(a.hash)) AS hash
    FROM artifacts a JOIN scan_units u ON u.id = a.unit_id`
  const rows = db.prepare(sql).all() as Row[]
  db.close()
  return rows
}

/** Rows that only one side has. */
function differences(rows: readonly Row[], truth: readonly Row[]): number {
  const texts = (some: readonly Row[]): Set<string> => new Set(some.map((row) => JSON.stringify(row)))
  const [these, those] = [texts(rows), texts(truth)]
  const missing = (from: Set<string>, of: Set<string>): number =>
    [...of].filter((row) => !from.has(row)).length
  return missing(these, those) + missing(those, these)
}

/** What needs nothing of smd to be told: the hash of one file is that of its bytes. */
function wrongHashes(rows: readonly Row[]): number {
  const files = rows.filter(({ type, fragment }) => fragment === '' && ['command', 'agent'].includes(type))
  const wrong = files.filter(
    ({ path, hash }) => createHash('sha256').update(readFileSync(path)).digest('hex') !== hash,
  )
  if (files.length < 100) throw new Error(`only ${files.length} files could be compared`)
  return wrong.length
}
