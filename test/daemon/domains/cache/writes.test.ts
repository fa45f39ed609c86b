import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Discovery } from '../../../../daemon/domains/cache/scan/discovery.ts'
import type { UnitOutcome } from '../../../../daemon/domains/cache/scan/job.ts'
import type { ScannedArtifact } from '../../../../daemon/domains/cache/scan/types.ts'
import { artifactKey } from '../../../../daemon/domains/cache/scan/types.ts'
import { cacheWrites } from '../../../../daemon/domains/cache/writes.ts'
import type { Database } from '../../../../daemon/kernel/db/database.ts'
import { openInMemory } from '../../../../daemon/kernel/db/open.ts'

let db: Database
beforeEach(() => {
  db = openInMemory()
})
afterEach(() => db.close())

const artifact = (name: string, more: Partial<ScannedArtifact> = {}): ScannedArtifact => ({
  type: 'skill',
  scope: 'project',
  name,
  host: 'claude-code',
  relPath: `.claude/skills/${name}`,
  fragment: '',
  title: null,
  description: `What ${name} does.`,
  tags: ['all', name],
  source: null,
  deployedVersion: null,
  upstreamVersion: null,
  isOutdated: false,
  localModified: false,
  hash: '00'.repeat(32),
  sizeBytes: 10,
  tokens: 3,
  modifiedAt: 1_000.4,
  statSig: '01'.repeat(8),
  diagnostics: [],
  metadata: {},
  ...more,
})

const found = (paths: string[], complete = true): Pick<Discovery, 'projects' | 'units' | 'complete'> => ({
  projects: paths.map((path) => ({
    path,
    name: path.slice(1),
    origins: ['root'],
    missing: false,
    unreadable: null,
  })),
  units: paths.map((path) => ({ kind: 'project', path, name: path.slice(1) })),
  complete,
})
const sync = (paths: string[], complete = true, excluded: string[] = []) =>
  cacheWrites.syncUnits(db, { ...found(paths, complete), excluded, now: 1_000 }).refs

const outcome = (unitId: number, more: Partial<UnitOutcome> = {}): UnitOutcome => ({
  unitId,
  unchangedCount: 0,
  configSig: 'c',
  provenanceSig: 'p',
  changed: [],
  removed: [],
  failure: null,
  deployments: null,
  diagnostics: [],
  counters: { directories: 0, filesStatted: 0, filesRead: 0, bytesRead: 0 },
  ...more,
})
const apply = (unitId: number, more: Partial<UnitOutcome> = {}) =>
  cacheWrites.applyUnit(db, { outcome: outcome(unitId, more), now: 5_000 })
const names = (): string[] =>
  db.allSql<{ name: string }>('SELECT name FROM artifacts ORDER BY name').map((row) => row.name)
const count = (table: string): number => db.valueSql<number>(`SELECT count(*) FROM ${table}`) ?? -1
const project = (path: string) =>
  db.getSql<{
    status: string
    error_message: string | null
    updated_at: number
    last_fetched: number | null
  }>('SELECT status, error_message, updated_at, last_fetched FROM projects WHERE path = ?', path)

describe('syncUnits (CACHE-1.4a)', () => {
  it('inserts what is new, keeps the ids of what is known, and writes nothing twice', () => {
    const first = sync(['/a', '/b'])
    const before = db.allSql('SELECT * FROM projects')
    const again = sync(['/a', '/b'])
    expect(again.map((ref) => [ref.id, ref.projectId])).toEqual(first.map((ref) => [ref.id, ref.projectId]))
    expect(db.allSql('SELECT * FROM projects')).toEqual(before)
    expect(project('/a')).toMatchObject({ status: 'stale', last_fetched: null })
  })

  it('marks as missing what a complete search no longer finds, and nothing after a partial one', () => {
    sync(['/a', '/b'])
    sync(['/a'], false)
    expect(project('/b')?.status).toBe('stale')
    sync(['/a'])
    expect(project('/b')).toMatchObject({ status: 'missing' })
  })

  it('forgets what is excluded, with everything below', () => {
    sync(['/a', '/a/deep', '/ab'])
    sync([], true, ['/a'])
    expect(db.allSql('SELECT path FROM projects')).toEqual([{ path: '/ab' }])
    expect(count('scan_units')).toBe(1)
  })
})

describe('applyUnit (CACHE-1.4b, CACHE-1.4c)', () => {
  it('inserts, updates and deletes the artifacts of one unit, and keeps their ids', () => {
    const [ref] = sync(['/a'])
    const id = ref?.id as number
    expect(apply(id, { changed: ['x', 'y', 'z'].map((name) => artifact(name)) })).toMatchObject({
      added: 3,
      changed: 0,
    })
    const before = db.valueSql('SELECT id FROM artifacts WHERE name = ?', 'x')
    const result = apply(id, {
      changed: [artifact('x', { description: 'New.', statSig: '02'.repeat(8) }), artifact('y')],
      removed: [artifactKey(artifact('z')), artifactKey(artifact('never there'))],
    })
    expect(result).toMatchObject({ added: 0, changed: 1, removed: 1 })
    expect(names()).toEqual(['x', 'y'])
    expect(db.valueSql('SELECT id FROM artifacts WHERE name = ?', 'x')).toBe(before)
    expect(project('/a')).toMatchObject({ status: 'active', last_fetched: 5_000 })
  })

  it('writes all of it or nothing (CACHE-2.1b)', () => {
    const [ref] = sync(['/a'])
    const id = ref?.id as number
    apply(id, { changed: [artifact('x')] })
    const changed = [
      ...Array.from({ length: 600 }, (_, i) => artifact(`n${i}`)),
      artifact('bad', { type: 'nonsense' as never }),
    ]
    expect(() => apply(id, { changed, removed: [artifactKey(artifact('x'))] })).toThrow(
      expect.objectContaining({ slug: 'cache.constraint' }),
    )
    expect(names()).toEqual(['x'])
    expect(count('artifact_names')).toBe(1)
    expect(count('descriptions')).toBe(1)
  })

  it('keeps several units in one transaction, or none of them', () => {
    const [a, b] = sync(['/a', '/b'])
    const units = [
      { outcome: outcome(a?.id as number, { changed: [artifact('x')] }), now: 1 },
      {
        outcome: outcome(b?.id as number, { changed: [artifact('y', { scope: 'nonsense' as never })] }),
        now: 1,
      },
    ]
    expect(() => cacheWrites.applyUnits(db, units)).toThrow()
    expect(names()).toEqual([])
    expect(cacheWrites.applyUnits(db, units.slice(0, 1))).toMatchObject([{ added: 1 }])
  })

  it('ignores a unit that was removed meanwhile', () => {
    expect(apply(99, { changed: [artifact('x')] })).toMatchObject({ added: 0, events: [] })
    expect(names()).toEqual([])
  })

  it('keeps the rows of a unit that cannot be read, and says why', () => {
    const [ref] = sync(['/a'])
    apply(ref?.id as number, { changed: [artifact('x')] })
    apply(ref?.id as number, { failure: { kind: 'unreadable', message: 'EACCES' } })
    expect(project('/a')).toMatchObject({ status: 'error', error_message: 'EACCES', last_fetched: 5_000 })
    apply(ref?.id as number, { failure: { kind: 'missing', message: 'gone' } })
    expect(project('/a')).toMatchObject({ status: 'missing', error_message: 'The folder does not exist.' })
    expect(names()).toEqual(['x'])
    apply(ref?.id as number)
    expect(project('/a')).toMatchObject({ status: 'active', error_message: null })
  })

  it('holds one description for all copies, until the last one is gone', () => {
    const refs = sync(['/a', '/b', '/c'])
    for (const ref of refs) apply(ref.id, { changed: [artifact('x')] })
    expect(count('descriptions')).toBe(1)
    expect(count('artifact_metadata')).toBe(3)
    for (const { projectId } of refs.slice(0, 2))
      cacheWrites.removeProject(db, { now: 1_000, id: projectId as number })
    expect(count('descriptions')).toBe(1)
    cacheWrites.removeProject(db, { now: 1_000, id: refs[2]?.projectId as number })
    expect([
      count('descriptions'),
      count('artifacts'),
      count('artifact_text'),
      count('artifact_names'),
    ]).toEqual([0, 0, 0, 0])
  })

  it('sets the time of a change on the database side, for what changed only (CACHE-1.3c)', () => {
    const [ref] = sync(['/a'])
    apply(ref?.id as number, { changed: [artifact('x'), artifact('y')] })
    db.runSql('UPDATE artifacts SET created_at = 1, updated_at = 1')
    db.runSql('UPDATE projects SET updated_at = 1')
    apply(ref?.id as number, { changed: [artifact('x', { tokens: 9 }), artifact('y')] })
    const rows = db.allSql('SELECT name, created_at, updated_at > 1 AS touched FROM artifacts ORDER BY name')
    expect(rows).toEqual([
      { name: 'x', created_at: 1, touched: 1 },
      { name: 'y', created_at: 1, touched: 0 },
    ])
    expect(project('/a')?.updated_at).toBeGreaterThan(1)
  })

  it('keeps a comma inside a tag from making two of it', () => {
    const [ref] = sync(['/a'])
    apply(ref?.id as number, { changed: [artifact('x', { tags: ['one, two', ' ', 'three'] })] })
    expect(db.valueSql('SELECT tags FROM artifact_metadata')).toBe('one  two,three')
  })
})

describe('setVersions (CACHE-2.1b)', () => {
  it('updates the versions of one artifact', () => {
    const [ref] = sync(['/a'])
    apply(ref?.id as number, { changed: [artifact('x'), artifact('y')] })
    const id = db.valueSql<number>("SELECT id FROM artifacts WHERE name = 'x'") as number
    cacheWrites.setVersions(db, { id, deployed: '1.0.0', upstream: '1.1.0', outdated: true })
    const rows = db.allSql(
      'SELECT name, deployed_version AS d, upstream_version AS u, is_outdated AS o FROM artifacts ORDER BY name',
    )
    expect(rows).toEqual([
      { name: 'x', d: '1.0.0', u: '1.1.0', o: 1 },
      { name: 'y', d: null, u: null, o: 0 },
    ])
  })
})

describe('putMarketplaces (CACHE-1.4e)', () => {
  it('replaces all of them, or keeps the former ones', () => {
    const market = (id: string) => ({
      id,
      name: id,
      type: 'github',
      url: null,
      description: null,
      data: { plugins: [1, 2] },
    })
    cacheWrites.putMarketplaces(db, { marketplaces: [market('a'), market('b')] as never, now: 7 })
    cacheWrites.putMarketplaces(db, { marketplaces: [market('c')] as never, now: 8 })
    expect(db.allSql('SELECT id, cached_at FROM marketplace')).toEqual([{ id: 'c', cached_at: 8 }])
    expect(() =>
      cacheWrites.putMarketplaces(db, { marketplaces: [market('d'), market('d')] as never, now: 9 }),
    ).toThrow()
    expect(db.allSql('SELECT id FROM marketplace')).toEqual([{ id: 'c' }])
  })
})

describe('finishRefresh (CACHE-1.4e)', () => {
  const finish = (full: boolean, more: object = {}) =>
    cacheWrites.finishRefresh(db, {
      now: 9_000,
      changes: 1,
      unforeseen: [],
      full,
      retentionDays: 30,
      ...more,
    })
  const metadata = () =>
    Object.fromEntries(
      db
        .allSql<{ key: string; value: string }>(
          "SELECT key, value FROM cache_metadata WHERE key NOT LIKE 'voc%'",
        )
        .map(({ key, value }) => [key, value]),
    )

  it('remembers when everything was read, and the totals', () => {
    const [ref] = sync(['/a', '/b'])
    apply(ref?.id as number, { changed: [artifact('x')] })
    finish(false)
    expect(metadata()).toMatchObject({ total_projects: '2', total_artifacts: '1' })
    expect(metadata()).not.toHaveProperty('last_refresh')
    finish(true)
    expect(metadata()).toMatchObject({ last_refresh: '9000' })
  })

  it('marks the project of a unit that failed unforeseen; a unit that is gone is no matter', () => {
    const [ref] = sync(['/a'])
    finish(true, {
      unforeseen: [
        { unitId: ref?.id, message: 'bug' },
        { unitId: 99, message: 'bug' },
      ],
    })
    expect(project('/a')).toMatchObject({ status: 'error', error_message: 'bug' })
  })

  it('takes statistics, by which queries are planned', () => {
    const [ref] = sync(['/a'])
    apply(ref?.id as number, { changed: Array.from({ length: 300 }, (_, i) => artifact(`n${i}`)) })
    finish(true)
    expect(db.valueSql("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'artifacts'")).toBeGreaterThan(3)
  })
})

describe('clear', () => {
  it('counts what it removes and leaves a file without rows', () => {
    const refs = sync(['/a', '/b'])
    apply(refs[0]?.id as number, { changed: [artifact('x'), artifact('y')] })
    expect(cacheWrites.clear(db, {})).toEqual({ removedProjects: 2, removedArtifacts: 2 })
    expect(cacheWrites.clear(db, {})).toEqual({ removedProjects: 0, removedArtifacts: 0 })
    expect(cacheWrites.check(db, {})).toBeNull()
  })
})
