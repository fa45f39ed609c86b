import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  countStates,
  type StatePage,
  type StateWhere,
  selectSourceIds,
  selectSources,
  selectStates,
} from '../../../../daemon/domains/upstream/upstream-repo.ts'
import { judgeSource, selectDue } from '../../../../daemon/domains/upstream/writer/answers.ts'
import type { Database } from '../../../../daemon/kernel/db/database.ts'
import { openInMemory } from '../../../../daemon/kernel/db/open.ts'
import type { ArtifactState } from '../../../../protocol/artifact-states.ts'
import { fillWithArtifacts } from '../../../support/many-artifacts.ts'
import { plansOf } from '../../../support/query-plan.ts'

let db: Database
beforeAll(() => {
  db = openInMemory()
  fillWithArtifacts(db, 100, 100)
  db.exec(
    `
    INSERT INTO upstream_sources (id, key, kind, spec, version, checked_at)
      SELECT value, 'github:o/r' || value, 'github', '{}', 'v1.0.0', 1000 + value FROM generate_series_of_20;
    INSERT INTO artifact_origins (artifact_id, source_id, path, base_mark, base_digest, local_digest, scan_outdated, recorded_at, state)
      SELECT id, 1 + id % 20, 'skills/' || id, '', 'a', 'a', 0, 1,
        CASE WHEN is_outdated THEN 'outdated' WHEN local_modified THEN 'modified' ELSE 'current' END FROM artifacts;
    INSERT INTO upstream_items (source_id, revision, path, digest)
      SELECT source_id, '', path, 'b' FROM artifact_origins;
  `.replace('generate_series_of_20', '(SELECT DISTINCT id AS value FROM artifacts WHERE id <= 20)'),
  )
  db.pragma('optimize = 0x10002')
})
afterAll(() => db.close())

const page = (limit: number): StatePage => ({
  sort: 'name',
  descending: false,
  after: null,
  offset: 0,
  limit,
})

const states =
  (...wanted: ArtifactState[]) =>
  (where: StateWhere = {}) =>
  (of: Database) =>
    selectStates(of, { ...where, states: wanted }, page(100))

describe('the queries of the upstream domain', () => {
  it.each([
    ['outdated', states('outdated', 'diverged')(), /SEARCH a USING INDEX artifacts_outdated/],
    ['modified', states('modified')(), /SEARCH a USING INDEX artifacts_modified /],
    ['unknown', states('unknown')(), /SEARCH o USING INDEX artifact_origins_state \(state=\?\)/],
    [
      'of one project',
      states('current', 'untracked')({ projectId: 7 }),
      /SEARCH a USING INDEX artifacts_project_type/,
    ],
    [
      'by name',
      states('current', 'unknown')({ names: ['artifact-5'] }),
      /SEARCH a USING INDEX artifacts_name \(name=\?/,
    ],
    [
      'sources of a project',
      (of: Database) => selectSourceIds(of, 7),
      /SEARCH a USING (COVERING )?INDEX artifacts_project_type/,
    ],
    [
      'artifacts of a source',
      (of: Database) => judgeSource(of, 3),
      /SEARCH o USING INDEX artifact_origins_source/,
    ],
  ] as const)('%s: finds rows by an index', (_, query, index) => {
    const plan = plansOf(db, query)
    expect(plan.filter((step) => index.test(step)).length, plan.join('\n')).toBeGreaterThan(0)
    expect(plan.filter((step) => /^SCAN (a|o)\b/.test(step))).toEqual([])
  })

  it('counts states in the index alone', () => {
    const plan = plansOf(db, (of) => countStates(of, {})).join('\n')
    expect(plan).toMatch(/SCAN o USING COVERING INDEX artifact_origins_state/)
    expect(plan).not.toMatch(/^SCAN (a|o)$/m)
  })

  it('counts artifacts of each source in the index alone', () => {
    expect(plansOf(db, (of) => selectSources(of, '', 10)).join('\n')).toMatch(
      /SEARCH o USING COVERING INDEX artifact_origins_source/,
    )
  })

  it('looks for due sources without reading artifacts', () => {
    const plan = plansOf(db, (of) => selectDue(of, { now: 9_999, before: 0, force: false, ids: null }))
    expect(plan.join('\n')).not.toMatch(/\bartifacts?\b(?!_)/)
    expect(plan.filter((step) => /^SCAN (o|i)\b/.test(step))).toEqual([])
  })

  it('needs the same number of statements for one row as for many (CACHE-5.2d)', () => {
    const statements = (limit: number): number =>
      plansOf(db, (of) => selectStates(of, { states: ['current'] }, page(limit))).filter(
        (step) => !/TEMP B-TREE/.test(step),
      ).length
    expect(statements(1)).toBe(statements(1_000))
  })
})
