/** A home whose units are watched and read again when something changes: the real scanner over a real database. */

import { createInlineEngine } from '../../daemon/domains/cache/inline-engine.ts'
import type { Discovery } from '../../daemon/domains/cache/scan/discovery.ts'
import type { UnitRef } from '../../daemon/domains/cache/scan/job.ts'
import { Watches, type WatchesOptions } from '../../daemon/domains/cache/watches.ts'
import type { Database } from '../../daemon/kernel/db/database.ts'
import { openInMemory } from '../../daemon/kernel/db/open.ts'
import type { TestDaemon } from './test-daemon.ts'

export type WatchedHome = {
  watches: Watches
  refs: readonly UnitRef[]
  /** What was told, in order; units by their paths. */
  changed: string[][]
  environment: string[][]
  projects: string[]
  /** Resolves when everything done so far was told and read. */
  sync(): Promise<void>
  /** Ends the watches; resolves when nothing is read any more. */
  close(): Promise<void>
  /** What the cache says of the units that were known at the beginning, one line for each artifact. */
  rows(): string[]
  /** The same of a cache that is filled now. */
  truth(): Promise<string[]>
}

/** Reads everything, watches it, and reads what is told from then on, until the caller closes it. */
export async function watchHome(daemon: TestDaemon, options: WatchesOptions = {}): Promise<WatchedHome> {
  const { ctx } = daemon
  const { refs, found } = await discover(daemon, ctx.db)
  const engine = createInlineEngine(ctx.db)
  const pathOf = new Map(refs.map(({ id, unit }) => [id, unit.path]))
  let work = Promise.resolve()
  const read = (some: readonly UnitRef[]): void => {
    work = work.then(() => engine.scan(some, found.env, ctx.now(), () => undefined))
  }
  const home: WatchedHome = {
    refs,
    changed: [],
    environment: [],
    projects: [],
    watches: new Watches(
      ctx,
      {
        onChanged(ids) {
          home.changed.push(ids.map((id) => pathOf.get(id) ?? String(id)).sort())
          read(refs.filter(({ id }) => ids.includes(id)))
        },
        onEnvironment: (paths) => void home.environment.push([...paths].sort()),
        onProject: (path) => void home.projects.push(path),
      },
      options,
    ),
    async sync() {
      await home.watches.sync()
      await work
    },
    rows: () => rowsOf(ctx.db),
    truth: () => freshRows(found, ctx.now()),
    async close() {
      await home.watches.close()
      await work
    },
  }
  await home.watches.cover(refs, {}, { complete: true })
  read(refs)
  await work
  return home
}

async function discover(
  { ctx }: TestDaemon,
  db: Database,
): Promise<{ refs: readonly UnitRef[]; found: Discovery }> {
  const engine = createInlineEngine(db)
  const { agents, discovery, projects, scan } = ctx.settings.current
  const found = await engine.discover({
    folders: ctx.folders,
    settings: { agents, discovery, projects, scan },
    cwd: null,
    only: null,
  })
  const { refs } = await engine.write('syncUnits', { ...found, excluded: [], now: 1 })
  return { refs, found }
}

/** What a cache that is filled now says of what was found. */
export async function freshRows(found: Discovery, now: number): Promise<string[]> {
  const db = openInMemory()
  try {
    const fresh = createInlineEngine(db)
    const known = await fresh.write('syncUnits', { ...found, excluded: [], now: 1 })
    await fresh.scan(known.refs, found.env, now, () => undefined)
    return rowsOf(db)
  } finally {
    db.close()
  }
}

/** Everything a scan writes of artifacts, but ids and times. */
export function rowsOf(db: Database): string[] {
  const sql = `SELECT u.path, a.type, a.scope, a.name, a.rel_path, a.fragment, a.hash, a.stat_sig, a.size_bytes,
    a.source, a.deployed_version, a.local_modified, a.modified_at, d.description, d.diagnostics, d.metadata
    FROM artifacts a JOIN scan_units u ON u.id = a.unit_id LEFT JOIN descriptions d ON d.id = a.description_id`
  return db
    .allSql<Record<string, unknown>>(sql)
    .map((row) =>
      Object.values(row)
        .map((value) => (Buffer.isBuffer(value) ? value.toString('hex') : String(value)))
        .join(' '),
    )
    .sort()
}
