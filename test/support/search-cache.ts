import { readFileSync } from 'node:fs'
import { writeArtifacts } from '../../daemon/domains/cache/artifacts-write.ts'
import { artifactUid } from '../../daemon/domains/cache/ids.ts'
import { readMarkdownMeta } from '../../daemon/domains/cache/scan/frontmatter-meta.ts'
import { artifactKey, type ScannedArtifact } from '../../daemon/domains/cache/scan/types.ts'
import { refreshVocabulary } from '../../daemon/domains/cache/search-index.ts'
import type { Database } from '../../daemon/kernel/db/database.ts'
import { openInMemory } from '../../daemon/kernel/db/open.ts'
import { listAgentFiles, listSkillFiles } from './corpus.ts'

/** An artifact for search tests: its name, and what else matters. */
export type Sample = Pick<ScannedArtifact, 'name'> &
  Partial<
    Pick<
      ScannedArtifact,
      | 'type'
      | 'scope'
      | 'title'
      | 'description'
      | 'tags'
      | 'source'
      | 'isOutdated'
      | 'localModified'
      | 'modifiedAt'
    >
  >

/** A cache in memory with one unit per entry of `projects`, written as a scan writes it, vocabulary included. */
export function cacheOf(...projects: ReadonlyArray<readonly Sample[]>): Database {
  const db = openInMemory()
  for (const [at, samples] of projects.entries()) putProject(db, at + 1, samples)
  refreshVocabulary(db)
  return db
}

/** Writes samples into the project (and unit) with this id, which is created when it is new. */
export function putProject(db: Database, id: number, samples: readonly Sample[]): void {
  const path = `/code/project-${id}`
  db.transaction(() => {
    const uid = Buffer.from(String(id).padStart(8, '0'))
    db.runSql(
      'INSERT OR IGNORE INTO projects (id, uid, name, path) VALUES (?, ?, ?, ?)',
      id,
      uid,
      `project-${id}`,
      path,
    )
    db.runSql(
      "INSERT OR IGNORE INTO scan_units (id, kind, path, name, project_id) VALUES (?, 'project', ?, ?, ?)",
      id,
      path,
      `project-${id}`,
      id,
    )
    writeArtifacts(db, { id, kind: 'project', path, projectId: id }, samples.map(scanned), [], 1)
  })
}

/** Names by artifact id, for what a search found. */
export function namesOf(db: Database, hits: ReadonlyArray<{ id: number }>): string[] {
  return hits.map(
    ({ id }) => db.getSql<{ name: string }>('SELECT name FROM artifacts WHERE id = ?', id)?.name ?? '',
  )
}

/** The id of a sample, as `putProject` wrote it. */
export function idOf(db: Database, project: number, sample: Sample): number | undefined {
  const uid = artifactUid('project', `/code/project-${project}`, artifactKey(scanned(sample)))
  return db.getSql<{ id: number }>('SELECT id FROM artifacts WHERE uid = ?', uid)?.id
}

/** Real skills and agents, `count` of each, evenly taken from the corpus. */
export function corpusSamples(count: number): Sample[] {
  const read = (type: 'skill' | 'agent', files: string[]): Sample[] =>
    files
      .filter((_, at) => at % Math.max(1, Math.floor(files.length / count)) === 0)
      .slice(0, count)
      .map((file) => {
        const parts = file.split('/')
        const stem = (type === 'skill' ? parts.at(-2) : parts.at(-1)?.replace(/\.md$/, '')) ?? ''
        const { name, title, description, tags } = readMarkdownMeta(type, stem, readFileSync(file, 'utf8'))
        return {
          name: name ?? stem,
          type,
          title: title ?? null,
          description: description ?? null,
          tags: tags ?? [],
        }
      })
  return [...read('skill', listSkillFiles()), ...read('agent', listAgentFiles())]
}

function scanned(sample: Sample): ScannedArtifact {
  const { name, type = 'skill', scope = 'project', source = null } = sample
  return {
    title: null,
    description: null,
    tags: [],
    isOutdated: false,
    localModified: false,
    modifiedAt: 1_700_000_000_000,
    ...sample,
    name,
    type,
    scope,
    source,
    host: 'claude-code',
    relPath: `.claude/${type}s/${name}`,
    fragment: '',
    deployedVersion: null,
    upstreamVersion: null,
    hash: null,
    sizeBytes: 100,
    tokens: 25,
    statSig: '0011223344556677',
    diagnostics: [],
    metadata: {},
  }
}
