import type { Generated } from 'kysely'
import { afterAll, describe, expect, it } from 'vitest'
import { openInMemory } from '../../daemon/kernel/db/open.ts'
import type { Tables } from '../../daemon/tables.ts'
import { artifactScopes, artifactTypes, projectStatuses } from '../../protocol/vocabulary.ts'

/** How SQLite declares a column of a type: its kind, `?` when it may be null, `=` when the database fills it in. */
type KindOf<T> = [T] extends [Buffer] ? 'BLOB' : [T] extends [number] ? 'INTEGER' : 'TEXT'
type Declared<T> = [T] extends [Generated<infer Value>]
  ? `${KindOf<Value>}=`
  : null extends T
    ? `${KindOf<NonNullable<T>>}?`
    : KindOf<T>
type Columns = {
  [Table in keyof Tables]: { [Name in keyof Tables[Table]]: Declared<Tables[Table][Name]> }
}

/**
 * The row types as values: the compiler says where this differs from tables.ts, the test where it differs from the
 * live schema.
 */
const columns: Columns = {
  projects: {
    id: 'INTEGER=',
    uid: 'BLOB',
    name: 'TEXT',
    path: 'TEXT',
    description: 'TEXT?',
    origins: 'TEXT',
    status: 'TEXT',
    error_message: 'TEXT?',
    last_fetched: 'INTEGER?',
    created_at: 'INTEGER=',
    updated_at: 'INTEGER=',
  },
  deployments: {
    id: 'INTEGER=',
    unit_id: 'INTEGER',
    name: 'TEXT',
    type: 'TEXT',
    collection: 'TEXT',
    profile: 'TEXT',
    path: 'TEXT',
    hash: 'BLOB',
    deployed_at: 'TEXT?',
    artifact_uid: 'BLOB?',
    found_hash: 'BLOB?',
  },
  scan_units: {
    id: 'INTEGER=',
    kind: 'TEXT',
    path: 'TEXT',
    name: 'TEXT',
    project_id: 'INTEGER?',
    config_sig: 'TEXT',
    provenance_sig: 'TEXT',
    diagnostics: 'TEXT?',
  },
  contents: { id: 'INTEGER=', hash: 'BLOB', sketch: 'BLOB?' },
  content_files: { id: 'INTEGER=', content_id: 'INTEGER', path: 'TEXT' },
  artifacts: {
    id: 'INTEGER=',
    uid: 'BLOB',
    unit_id: 'INTEGER',
    project_id: 'INTEGER?',
    name: 'TEXT',
    type: 'TEXT',
    scope: 'TEXT',
    host: 'TEXT',
    rel_path: 'TEXT',
    fragment: 'TEXT',
    description_id: 'INTEGER?',
    source: 'TEXT?',
    deployed_version: 'TEXT?',
    upstream_version: 'TEXT?',
    is_outdated: 'INTEGER',
    local_modified: 'INTEGER',
    hash: 'BLOB?',
    stat_sig: 'BLOB',
    size_bytes: 'INTEGER',
    tokens: 'INTEGER',
    modified_at: 'INTEGER',
    created_at: 'INTEGER=',
    updated_at: 'INTEGER=',
  },
  descriptions: {
    id: 'INTEGER=',
    digest: 'BLOB',
    title: 'TEXT?',
    description: 'TEXT?',
    tags: 'TEXT?',
    aliases: 'TEXT?',
    diagnostics: 'TEXT?',
    metadata: 'TEXT?',
  },
  artifact_metadata: {
    artifact_id: 'INTEGER',
    title: 'TEXT?',
    description: 'TEXT?',
    tags: 'TEXT?',
    aliases: 'TEXT?',
    diagnostics: 'TEXT?',
    metadata: 'TEXT?',
  },
  marketplace: {
    id: 'TEXT',
    name: 'TEXT',
    type: 'TEXT',
    url: 'TEXT?',
    description: 'TEXT?',
    cached_at: 'INTEGER',
    data: 'TEXT?',
  },
  cache_metadata: { key: 'TEXT', value: 'TEXT?', updated_at: 'INTEGER=' },
  answers: { key: 'TEXT', request_hash: 'BLOB', result: 'TEXT', at: 'INTEGER' },
  events: { id: 'INTEGER=', at: 'INTEGER', topic: 'TEXT', project_id: 'INTEGER?', data: 'TEXT' },
  job_runs: {
    id: 'INTEGER=',
    job: 'TEXT',
    instance: 'TEXT',
    cause: 'TEXT',
    scheduled_for: 'INTEGER?',
    jitter_ms: 'INTEGER',
    started_at: 'INTEGER',
    ended_at: 'INTEGER?',
    outcome: 'TEXT?',
    error: 'TEXT?',
    detail: 'TEXT?',
  },
  tag_definitions: { unit_id: 'INTEGER', slug: 'TEXT', name: 'TEXT', color: 'TEXT?', description: 'TEXT' },
  manifest_artifacts: { unit_id: 'INTEGER', type: 'TEXT', name: 'TEXT', rel_path: 'TEXT' },
  artifact_tags: { unit_id: 'INTEGER', type: 'TEXT', name: 'TEXT', tag: 'TEXT' },
  groups: {
    id: 'INTEGER=',
    unit_id: 'INTEGER',
    name: 'TEXT',
    description: 'TEXT',
    color: 'TEXT',
    icon: 'TEXT',
    position: 'INTEGER',
  },
  group_members: {
    group_id: 'INTEGER',
    position: 'INTEGER',
    member: 'TEXT',
    type: 'TEXT?',
    name: 'TEXT',
    is_resolved: 'INTEGER',
  },
  upstream_sources: {
    id: 'INTEGER=',
    key: 'TEXT',
    kind: 'TEXT',
    spec: 'TEXT',
    version: 'TEXT?',
    revision: 'TEXT?',
    validator: 'TEXT?',
    checked_at: 'INTEGER?',
    changed_at: 'INTEGER?',
    tried_at: 'INTEGER?',
    error: 'TEXT?',
    failures: 'INTEGER',
    retry_at: 'INTEGER?',
  },
  upstream_items: {
    source_id: 'INTEGER',
    revision: 'TEXT',
    path: 'TEXT',
    digest: 'TEXT?',
    version: 'TEXT?',
  },
  artifact_origins: {
    artifact_id: 'INTEGER=',
    source_id: 'INTEGER?',
    unasked: 'TEXT?',
    path: 'TEXT?',
    base_mark: 'TEXT',
    base_version: 'TEXT?',
    base_revision: 'TEXT?',
    base_digest: 'TEXT?',
    local_digest: 'TEXT?',
    scan_version: 'TEXT?',
    scan_outdated: 'INTEGER',
    scan_modified: 'INTEGER?',
    recorded_at: 'INTEGER',
    state: 'TEXT',
    reason: 'TEXT?',
  },
}

const db = openInMemory()
afterAll(() => db.close())

type Info = { name: string; type: string; notnull: 0 | 1; dflt_value: string | null; pk: number }
const declared = (table: string): Info[] =>
  db.allSql<Info>('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(?)', table)

describe('row types and live schema (CACHE-1.1a, CACHE-1.2c, CACHE-1.3a)', () => {
  it.each(Object.entries(columns))('%s has the same columns, kinds and nulls', (table, expected) => {
    const isView = table === 'artifact_metadata'
    const isOnlyKey = declared(table).filter(({ pk }) => pk > 0).length === 1
    const live = Object.fromEntries(
      declared(table).map(({ name, type, notnull, dflt_value, pk }) => {
        const filledIn =
          (pk > 0 && type === 'INTEGER' && isOnlyKey) || dflt_value?.includes('unixepoch') === true
        const isNull = notnull === 0 && pk === 0 && !isView
        return [name, `${type}${filledIn ? '=' : isNull ? '?' : ''}`]
      }),
    )
    const wanted = isView
      ? Object.fromEntries(Object.entries(expected).map(([name, kind]) => [name, kind.replace('?', '')]))
      : expected
    expect(live).toEqual(wanted)
  })

  it('lists every table of the file, search tables aside', () => {
    const names = db
      .allSql<{ name: string }>("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
      .map((row) => row.name)
      .filter((name) => !name.startsWith('sqlite_') && !/^(?:artifact|content)_(text|names)(_|$)/.test(name))
    expect(names.sort()).toEqual(Object.keys(columns).sort())
  })

  it('declares all tables strict', () => {
    const lax = db.allSql(
      "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
    )
    expect(lax).toEqual([])
  })

  it.each([
    ['projects', 'status', projectStatuses],
    ['artifacts', 'type', artifactTypes],
    ['artifacts', 'scope', artifactScopes],
  ] as const)('%s.%s takes the words of the protocol and no other (CACHE-1.3e)', (table, column, words) => {
    const sql = db.valueSql<string>('SELECT sql FROM sqlite_schema WHERE name = ?', table) ?? ''
    const check = new RegExp(`CHECK \\(${column} IN \\(([^)]*)\\)`).exec(sql)?.[1] ?? ''
    expect(check.split(',').map((word) => word.trim().replaceAll("'", ''))).toEqual([...words])
  })

  it('references only what there is, and deletes what hangs on it (CACHE-1.1c)', () => {
    const keys = Object.keys(columns).flatMap((table) =>
      db
        .allSql<{ table: string; from: string; on_delete: string }>(
          'SELECT "table", "from", on_delete FROM pragma_foreign_key_list(?)',
          table,
        )
        .map((key) => `${table}.${key.from} ${key.table} ${key.on_delete}`),
    )
    expect(keys.sort()).toEqual([
      'artifact_origins.artifact_id artifacts CASCADE',
      'artifact_origins.source_id upstream_sources NO ACTION',
      'artifact_tags.unit_id scan_units CASCADE',
      'artifacts.description_id descriptions NO ACTION',
      'artifacts.project_id projects CASCADE',
      'artifacts.unit_id scan_units CASCADE',
      'content_files.content_id contents CASCADE',
      'deployments.unit_id scan_units CASCADE',
      'events.project_id projects CASCADE',
      'group_members.group_id groups CASCADE',
      'groups.unit_id scan_units CASCADE',
      'manifest_artifacts.unit_id scan_units CASCADE',
      'scan_units.project_id projects CASCADE',
      'tag_definitions.unit_id scan_units CASCADE',
      'upstream_items.source_id upstream_sources CASCADE',
    ])
  })
})
