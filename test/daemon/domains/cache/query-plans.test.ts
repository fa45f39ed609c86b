import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ArtifactSort,
  type ArtifactWhere,
  countArtifacts,
  countPlaces,
  selectArtifacts,
  selectCandidates,
  selectDetail,
  selectIds,
  selectItems,
  selectPlaces,
  selectRowsOf,
} from '../../../../daemon/domains/cache/artifacts-repo.ts'
import { selectEffective } from '../../../../daemon/domains/cache/effective-repo.ts'
import {
  countMarketplaces,
  countTotals,
  selectCacheCounts,
  selectLastRefresh,
  selectMarketplaces,
} from '../../../../daemon/domains/cache/metadata-repo.ts'
import {
  countProjects,
  selectProjectCounts,
  selectProjectDiagnostics,
  selectProjectNames,
  selectProjectOrder,
  selectProjects,
  selectProjectsBy,
} from '../../../../daemon/domains/cache/projects-repo.ts'
import { selectLastRun, selectRuns } from '../../../../daemon/domains/jobs/runs-repo.ts'
import type { Database } from '../../../../daemon/kernel/db/database.ts'
import { openInMemory } from '../../../../daemon/kernel/db/open.ts'
import { fillWithArtifacts } from '../../../support/many-artifacts.ts'
import { plansOf } from '../../../support/query-plan.ts'

/** No project has an interval of its own. */
const freshness = { since: 0, own: new Map<string, number>() }

const uid = Buffer.from('a0000500')
const list = (where: ArtifactWhere, sort: ArtifactSort = 'name', isNext = false) => {
  const value = sort === 'name' ? 'artifact-5' : 1_700_000_500_000
  const after = isNext ? { value, uid } : null
  return (db: Database) => selectArtifacts(db, where, { sort, after, limit: 100 })
}
const count = (where: ArtifactWhere) => (db: Database) => countArtifacts(db, where)

type Case = [label: string, query: (db: Database) => unknown, index: RegExp, sorts?: 'sorts']

/** The common queries, the index each has to use, and whether rows are sorted. */
const cases: Case[] = [
  ['job runs', (db) => selectRuns(db, { job: undefined, before: null, limit: 10 }), /^SCAN job_runs$/],
  [
    'job runs, one job, next page',
    (db) => selectRuns(db, { job: 'refresh', before: 5, limit: 10 }),
    /SEARCH job_runs USING INDEX job_runs_job \(job=\? AND id<\?\)/,
  ],
  ['last run', (db) => selectLastRun(db, 'refresh', 'any'), /SEARCH job_runs USING INDEX job_runs_job/],
  [
    'last run by the schedule',
    (db) => selectLastRun(db, 'refresh', 'scheduled'),
    /SEARCH job_runs USING INDEX job_runs_job/,
  ],
  ['list, all', list({}), /SCAN a USING INDEX artifacts_name$/],
  ['list, all, next page', list({}, 'name', true), /SEARCH a USING INDEX artifacts_name \(\(name,uid\)>/],
  ['list, all, by change', list({}, 'updated'), /SCAN a USING INDEX artifacts_modified_at$/],
  [
    'list, all, by change, next page',
    list({}, 'updated', true),
    /SEARCH a USING INDEX artifacts_modified_at \(\(modified_at,uid\)</,
  ],
  ['list, one type', list({ type: 'skill' }), /SEARCH a USING INDEX artifacts_type_name \(type=\?/],
  [
    'list, one type, next page',
    list({ type: 'skill' }, 'name', true),
    /SEARCH a USING INDEX artifacts_type_name \(type=\? AND \(name,uid\)>/,
  ],
  ['list, user scope', list({ scope: 'user' }), /SEARCH a USING INDEX artifacts_scope \(scope=\?/],
  [
    'list, user scope, next page',
    list({ scope: 'user' }, 'name', true),
    /SEARCH a USING INDEX artifacts_scope \(scope=\? AND \(name,uid\)>/,
  ],
  ['list, project scope', list({ scope: 'project' }), /SCAN a USING INDEX artifacts_name$/],
  ['list, one project', list({ projectId: 3 }), /artifacts_project_type \(project_id=\?/, 'sorts'],
  [
    'list, one project, next page by change',
    list({ projectId: 3 }, 'updated', true),
    /artifacts_project_type \(project_id=\?/,
    'sorts',
  ],
  [
    'list, one project and type',
    list({ projectId: 3, type: 'skill' }),
    /artifacts_project_type \(project_id=\? AND type=\?/,
    'sorts',
  ],
  ['list, outdated', list({ outdated: true }), /artifacts_outdated \(is_outdated=\?/, 'sorts'],
  [
    'list, outdated of a type',
    list({ outdated: true, type: 'skill' }),
    /artifacts_outdated \(is_outdated=\? AND type=\?/,
    'sorts',
  ],
  ['list, modified', list({ modified: true }, 'updated'), /artifacts_modified \(local_modified=\?/, 'sorts'],
  [
    'list, modified of a type',
    list({ modified: true, type: 'skill' }),
    /artifacts_modified \(local_modified=\? AND type=\?/,
    'sorts',
  ],
  ['list, one tag', list({ tag: 'tag-3' }), /SEARCH a USING INTEGER PRIMARY KEY/, 'sorts'],
  ['count, all', count({}), /SCAN artifacts USING COVERING INDEX/],
  ['count, one type', count({ type: 'skill' }), /COVERING INDEX artifacts_type_name \(type=\?/],
  ['count, one project', count({ projectId: 3 }), /COVERING INDEX artifacts_project_type \(project_id=\?/],
  [
    'count, one project and type',
    count({ projectId: 3, type: 'skill' }),
    /COVERING INDEX artifacts_project_type \(project_id=\? AND type=\?/,
  ],
  ['count, outdated', count({ outdated: true }), /COVERING INDEX artifacts_outdated/],
  ['count, modified', count({ modified: true }), /COVERING INDEX artifacts_modified/],
  ['count, user scope', count({ scope: 'user' }), /COVERING INDEX artifacts_scope \(scope=\?/],
  [
    'table, rows by their ids',
    (db) => selectRowsOf(db, Uint32Array.from([7, 3, 5])),
    /SCAN j VIRTUAL TABLE[\s\S]*SEARCH a USING INTEGER PRIMARY KEY/,
  ],
  [
    'table, ids with a source',
    (db) => selectIds(db, { tag: undefined, source: 'repo' }, { first: 10, last: 20 }),
    /SEARCH a USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/,
  ],
  [
    'effective',
    (db) => selectEffective(db, 3),
    /artifacts_project_type \(project_id=\?[\s\S]*artifacts_scope \(scope=\?\)/,
  ],
  ['items of a search', (db) => selectItems(db, [1, 2]), /SEARCH a USING INTEGER PRIMARY KEY/],
  ['show by name', (db) => selectCandidates(db, { name: 'Shared-3' }), /artifacts_name \(name=\?/],
  ['show by id', (db) => selectCandidates(db, { uid }), /sqlite_autoindex_artifacts_1 \(uid=\?/],
  ['show, the rest', (db) => selectDetail(db, 3), /SEARCH a USING INTEGER PRIMARY KEY/],
  ['where', (db) => selectPlaces(db, { name: 'shared-3' }, null, 10), /artifacts_name \(name=\?/],
  [
    'where, next page',
    (db) => selectPlaces(db, { name: 'shared-3' }, uid, 10),
    /artifacts_name \(name=\? AND uid>/,
  ],
  [
    'where, one type',
    (db) => selectPlaces(db, { name: 'shared-3', type: 'skill' }, null, 10),
    /artifacts_type_name \(type=\? AND name=\?/,
  ],
  [
    'where, count',
    (db) => countPlaces(db, { name: 'shared-3' }),
    /SEARCH a USING INDEX artifacts_(name|type_name) .*name=\?/,
    'sorts',
  ],
  [
    'projects',
    (db) => selectProjects(db, { freshness, after: null, offset: 0, limit: 10 }),
    /SCAN projects USING INDEX projects_name$/,
  ],
  [
    'projects, next page',
    (db) => selectProjects(db, { freshness, after: { name: 'b', uid }, offset: 0, limit: 10 }),
    /SEARCH projects USING INDEX projects_name \(\(name,uid\)>/,
  ],
  [
    'stale projects, next page',
    (db) =>
      selectProjects(db, { status: 'stale', freshness, after: { name: 'b', uid }, offset: 0, limit: 10 }),
    /SEARCH projects USING INDEX projects_name \(\(name,uid\)>/,
  ],
  ['projects, their order', selectProjectOrder, /SCAN projects USING COVERING INDEX projects_name/],
  ['projects, their names', selectProjectNames, /SCAN projects USING INDEX projects_name$/],
  ['project by name', (db) => selectProjectsBy(db, { name: 'a' }), /projects_name \(name=\?/, 'sorts'],
  ['project by path', (db) => selectProjectsBy(db, { path: '/a' }), /projects_2 \(path=\?/],
  ['project by id', (db) => selectProjectsBy(db, { uid }), /projects_1 \(uid=\?/],
  [
    'counts of projects',
    (db) => selectProjectCounts(db, [1, 2, 3]),
    /COVERING INDEX artifacts_project_type \(project_id=\?/,
  ],
  ['one project', (db) => selectProjectDiagnostics(db, 3), /scan_units_project \(project_id=\?/],
  ['last refresh', selectLastRefresh, /SEARCH cache_metadata USING PRIMARY KEY/],
  [
    'marketplaces',
    (db) => selectMarketplaces(db, { type: undefined, withData: true, after: 'a', offset: 0, limit: 10 }),
    /SEARCH marketplace USING PRIMARY KEY \(id>/,
  ],
]

describe.each([
  ['before the first statistics', false],
  ['with statistics', true],
])('query plans %s (CACHE-1.1b)', (_, hasStatistics) => {
  let db: Database
  beforeAll(() => {
    db = openInMemory()
    fillWithArtifacts(db, 100, 100)
    if (hasStatistics) db.pragma('optimize = 0x10002')
    expect(db.valueSql("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'")).toBe(
      hasStatistics ? 1 : 0,
    )
  })
  afterAll(() => db.close())

  it.each(cases)('%s', (_, query, index, sorts) => {
    const plan = plansOf(db, query)
    expect(plan.join('\n')).toMatch(new RegExp(index, 'm'))
    expect(
      plan.filter((step) => /^SCAN (a|artifacts|projects|u|m|p|scan_units|descriptions)$/.test(step)),
    ).toEqual([])
    expect(plan.some((step) => step.startsWith('USE TEMP B-TREE'))).toBe(sorts === 'sorts')
  })

  it('cache.status reads projects in full, which are few, and artifacts from covering indexes', () => {
    const plan = plansOf(db, (recorded) => {
      selectCacheCounts(recorded, freshness)
      countTotals(recorded)
      countProjects(recorded, 'stale', freshness)
      countMarketplaces(recorded, undefined)
    })
    const others = plan.filter((step) => !/COVERING INDEX|^SCAN (projects|marketplace)$/.test(step))
    expect(others).toEqual([])
  })
})

describe('indexes', () => {
  it('are all used by a common query or by a write', () => {
    const db = openInMemory()
    fillWithArtifacts(db, 100, 100)
    db.pragma('optimize = 0x10002')
    const plans = cases.flatMap(([, query]) => plansOf(db, query)).join('\n')
    const forWrites = [
      'artifacts_unit',
      'deployments_unit',
      'content_files_content',
      'artifacts_description',
      'scan_units_project',
      'answers_at',
      'events_at',
      'job_runs_scheduled',
      'job_runs_started',
      // Tested with their queries, in domains/events and domains/upstream.
      'events_project',
      'events_topic',
      'artifact_origins_source',
      'artifact_origins_state',
    ]
    const unused = db
      .allSql<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
      .map((index) => index.name)
      .filter((name) => !plans.includes(name) && !forWrites.includes(name))
    expect(unused).toEqual([])
    db.close()
  })
})
