/** Rows of a large cache, without files: for tests of plans, sizes and paging. */
import type { Database } from '../../daemon/kernel/db/database.ts'

/**
 * Fills an empty cache with `projects` projects of `perProject` artifacts each, and some in user and collection scope.
 * Most names stand in a few places, every fifth artifact has one of twenty names that are everywhere.
 */
export function fillWithArtifacts(db: Database, projects: number, perProject: number): void {
  const numbers = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)'
  const uid = (kind: string): string => `CAST(substr('${kind}' || printf('%08d', i), -8) AS BLOB)`
  db.transaction(() => {
    db.runSql(
      `${numbers} INSERT INTO projects (id, uid, name, path, origins, status, last_fetched)
       SELECT i, ${uid('p')}, 'project-' || (i % (:count / 2)), '/home/dev/project-' || i, 'root', 'active', 1000 + i FROM n`,
      { count: projects },
    )
    db.runSql(
      `${numbers} INSERT INTO scan_units (id, kind, path, name, project_id)
       SELECT i, iif(i <= :count, 'project', 'user'), '/home/dev/project-' || i, 'project-' || i, i FROM n`,
      { count: projects },
    )
    const outside = projects + 1
    db.runSql(
      "INSERT INTO scan_units (id, kind, path, name) VALUES (?, 'user', '/home/dev', 'user')",
      outside,
    )
    db.runSql(
      `${numbers} INSERT INTO descriptions (id, digest, description, tags)
       SELECT i, CAST(printf('%016d', i) AS BLOB), 'Says ' || i, 'tag-' || (i % 7) || ',all' FROM n`,
      { count: 500 },
    )
    db.runSql(
      `${numbers} INSERT INTO artifacts (id, uid, unit_id, project_id, name, type, scope, host, rel_path, description_id, source,
         is_outdated, local_modified, hash, stat_sig, size_bytes, tokens, modified_at)
       SELECT i, ${uid('a')}, iif(i % 50 = 0, :outside, 1 + i % :projects), iif(i % 50 = 0, NULL, 1 + i % :projects),
         iif(i % 5 = 0, 'shared-' || (i / 5 % 20), 'artifact-' || (i % (:count / 5))),
         CASE i % 10 WHEN 0 THEN 'agent' WHEN 1 THEN 'command' WHEN 2 THEN 'hook' WHEN 3 THEN 'mcp' ELSE 'skill' END,
         iif(i % 50 = 0, iif(i % 100 = 0, 'user', 'collection'), 'project'), 'claude-code', '.claude/skills/' || i, 1 + i % 500,
         iif(i % 3 = 0, 'github:someone/repo-' || (i % 11), NULL), i % 40 = 1, i % 30 = 1, randomblob(32), randomblob(8),
         1000, 250, 1700000000000 + (i * 7919 % 1000003)
       FROM n`,
      { count: projects * perProject, projects, outside },
    )
    db.exec(`INSERT INTO artifact_names (rowid, name, tags)
      SELECT a.id, a.name, m.tags FROM artifacts a JOIN artifact_metadata m ON m.artifact_id = a.id`)
  })
}
