import type { Database } from '../../kernel/db/database.ts'
import type { TagDefinition } from './tag-definitions.ts'

/** The copies of all definitions, by collection and name. Plan: collections by kind, the definitions of each by key. */
export function selectDefinitions(db: Database): TagDefinition[][] {
  const rows = db.allSql<TagDefinition & { unit: number }>(
    `SELECT u.id AS unit, t.slug, t.name, t.color, t.description
     FROM scan_units u CROSS JOIN tag_definitions t ON t.unit_id = u.id
     WHERE u.kind = 'collection' ORDER BY u.name, t.slug`,
  )
  const byUnit = new Map<number, TagDefinition[]>()
  for (const { unit, ...definition } of rows) byUnit.set(unit, [...(byUnit.get(unit) ?? []), definition])
  return [...byUnit.values()]
}

/** How many artifacts of collections have each tag, however its letters are. Plan: one pass over the tags. */
export function countTags(db: Database): Array<{ tag: string; count: number }> {
  return db.allSql('SELECT min(tag) AS tag, count(*) AS count FROM artifact_tags GROUP BY lower(tag)')
}

export type GroupRow = {
  id: number
  collection: string
  name: string
  description: string
  color: string
  icon: string
  position: number
  members: number
  unresolved: number
}

/**
 * Groups in their order, of one collection or of all (null). Plan: collections by kind, the groups of each by unit, the
 * members of each by key.
 */
export function selectGroups(db: Database, collection: string | null): GroupRow[] {
  return db.allSql(
    `SELECT g.id, u.name AS collection, g.name, g.description, g.color, g.icon, g.position,
       (SELECT count(*) FROM group_members m WHERE m.group_id = g.id) AS members,
       (SELECT count(*) FROM group_members m WHERE m.group_id = g.id AND m.is_resolved = 0) AS unresolved
     FROM scan_units u CROSS JOIN groups g ON g.unit_id = u.id
     WHERE u.kind = 'collection' AND (:collection IS NULL OR u.name = :collection)
     ORDER BY u.name, g.position, g.name`,
    { collection },
  )
}

export type MemberRow = {
  member: string
  position: number
  type: string | null
  name: string
  is_resolved: number
  uid: Buffer | null
  artifact_type: string | null
  artifact_name: string | null
}

/** Members in their order, with what lies where the manifest has them. Plan: members by key, then indexes. */
export function selectMembers(db: Database, groupId: number): MemberRow[] {
  return db.allSql(
    `SELECT m.member, m.position, m.type, m.name, m.is_resolved,
       a.uid, a.type AS artifact_type, a.name AS artifact_name
     FROM groups g
     JOIN group_members m ON m.group_id = g.id
     LEFT JOIN manifest_artifacts l ON l.unit_id = g.unit_id AND l.type = m.type AND l.name = m.name
     LEFT JOIN artifacts a ON a.id = (
       SELECT min(id) FROM artifacts WHERE unit_id = g.unit_id AND rel_path = l.rel_path AND type = m.type)
     WHERE g.id = ? ORDER BY m.position`,
    groupId,
  )
}
