import type { Database } from '../../kernel/db/database.ts'
import type { CollectionLabels, GroupLabel } from './scan/collection-labels.ts'

/** What came back from a manifest that the cache knew nothing of (formats spec section 13.2). */
export type Recovered = {
  tagsRecovered: number
  groupsRecovered: number
  membersRecovered: number
  membersSkipped: number
  /** Why nothing did; null when something may have. */
  skippedReason: 'no_collection_toml' | 'toml_read_error' | null
}

export type LabelsWritten = {
  recovered: Recovered
  /** Members that mean no artifact, and did not before, either. */
  unresolved: Array<{ group: string; member: string }>
}

/**
 * Makes the rows of a collection those of its manifest (MP-3.1, MP-3.2). To be called inside a transaction, and only when the
 * manifest was read.
 */
export function writeLabels(db: Database, unitId: number, labels: CollectionLabels): LabelsWritten {
  const before = unresolvedMembers(db, unitId)
  for (const table of ['tag_definitions', 'manifest_artifacts', 'artifact_tags', 'groups'])
    db.runSql(`DELETE FROM ${table} WHERE unit_id = ?`, unitId)
  for (const { slug, name, color, description } of labels.tags)
    db.runSql('INSERT INTO tag_definitions VALUES (?, ?, ?, ?, ?)', unitId, slug, name, color, description)
  for (const { type, name, relPath, tags } of labels.artifacts) {
    db.runSql('INSERT INTO manifest_artifacts VALUES (?, ?, ?, ?)', unitId, type, name, relPath)
    for (const tag of tags)
      db.runSql('INSERT OR IGNORE INTO artifact_tags VALUES (?, ?, ?, ?)', unitId, type, name, tag)
  }
  for (const group of labels.groups) putGroup(db, unitId, group)

  const members = labels.groups.flatMap((group) =>
    group.members.map((member) => ({ group: group.name, ...member })),
  )
  const open = members.filter(({ isResolved }) => !isResolved)
  return {
    recovered: {
      tagsRecovered: labels.tags.length,
      groupsRecovered: labels.groups.length,
      membersRecovered: members.length - open.length,
      membersSkipped: open.length,
      skippedReason: null,
    },
    unresolved: open
      .filter(({ group, member }) => !before.has(JSON.stringify([group, member])))
      .map(({ group, member }) => ({ group, member })),
  }
}

function putGroup(db: Database, unitId: number, group: GroupLabel): void {
  const { lastInsertRowid: id } = db.runSql(
    'INSERT INTO groups (unit_id, name, description, color, icon, position) VALUES (?, ?, ?, ?, ?, ?)',
    unitId,
    group.name,
    group.description,
    group.color,
    group.icon,
    group.position,
  )
  for (const { position, member, type, name, isResolved } of group.members)
    db.runSql(
      'INSERT INTO group_members VALUES (?, ?, ?, ?, ?, ?)',
      id,
      position,
      member,
      type,
      name,
      isResolved ? 1 : 0,
    )
}

function unresolvedMembers(db: Database, unitId: number): Set<string> {
  const rows = db.allSql<{ name: string; member: string }>(
    `SELECT g.name, m.member FROM groups g JOIN group_members m ON m.group_id = g.id
     WHERE g.unit_id = ? AND m.is_resolved = 0`,
    unitId,
  )
  return new Set(rows.map(({ name, member }) => JSON.stringify([name, member])))
}
