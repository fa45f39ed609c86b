/** Counts what the transcripts of Claude Code say was used (ecosystem spec section 10). Only when the user asked for it. */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineFolders } from '../../../kernel/config/machine-folders.ts'
import type { Database } from '../../../kernel/db/database.ts'
import { countUse } from './store.ts'

/** Read at a time; a longer line is skipped. */
const CHUNK = 4 * 1024 * 1024
/** Of all transcripts together in one go, so that nobody waits long: years of work take several. */
const MAX_BYTES = 256 * 1024 * 1024

export type Counted = { transcripts: number; uses: number }

/**
 * Reads each transcript from where it was left. Kept are counts by type and name with the time of the last use, and how far
 * each file was read; nothing else of what stands in them.
 */
export function countTranscripts(
  db: Database,
  { claudeConfig }: Pick<MachineFolders, 'claudeConfig'>,
): Counted {
  const counted: Counted = { transcripts: 0, uses: 0 }
  let left = MAX_BYTES
  for (const path of transcriptsIn(join(claudeConfig, 'projects'))) {
    if (left <= 0) break
    const from = db.valueSql<number>('SELECT offset FROM transcripts WHERE path = ?', path) ?? 0
    const read = readUses(path, from, left)
    if (!read) continue
    left -= read.bytes
    db.transaction(() => {
      for (const [key, { count, at }] of read.uses) {
        const [artifactType = '', name = ''] = key.split('\0')
        countUse(db, { type: 'use', name, artifactType, at }, count)
        counted.uses += count
      }
      db.runSql('INSERT OR REPLACE INTO transcripts (path, offset) VALUES (?, ?)', path, read.end)
    })
    if (read.end !== from) counted.transcripts++
  }
  return counted
}

function transcriptsIn(root: string): string[] {
  return namesIn(root).flatMap((folder) =>
    namesIn(join(root, folder))
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => join(root, folder, name)),
  )
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

type Uses = Map<string, { count: number; at: number }>

/** Whole lines from `from` on; a file that is shorter than that was made anew. Null when it cannot be read. */
function readUses(
  path: string,
  from: number,
  most: number,
): { uses: Uses; end: number; bytes: number } | null {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return null
  }
  try {
    const { size, mtimeMs } = fstatSync(file)
    let at = from > size ? 0 : from
    const start = at
    const uses: Uses = new Map()
    const chunk = Buffer.alloc(Math.min(CHUNK, Math.max(0, size - at)))
    while (at < size && at - start < most) {
      const length = readSync(file, chunk, 0, chunk.length, at)
      if (length === 0) break
      const end = chunk.lastIndexOf(10, length - 1) + 1
      if (end === 0) {
        // The last line is still being written, or longer than anybody reads.
        if (length < CHUNK) break
        at += length
        continue
      }
      for (const line of chunk.toString('utf8', 0, end).split('\n')) addUses(uses, line, mtimeMs)
      at += end
    }
    return { uses, end: at, bytes: at - start }
  } catch {
    return null
  } finally {
    closeSync(file)
  }
}

function addUses(uses: Uses, line: string, otherwise: number): void {
  if (!line.includes('"tool_use"')) return
  let entry: { timestamp?: unknown; message?: { content?: unknown } }
  try {
    entry = JSON.parse(line)
  } catch {
    return
  }
  const content = entry?.message?.content
  if (!Array.isArray(content)) return
  const time = typeof entry.timestamp === 'string' ? Date.parse(entry.timestamp) : Number.NaN
  const at = Math.round(Number.isNaN(time) ? otherwise : time)
  for (const item of content) {
    const key = useOf(item)
    if (key === null) continue
    const known = uses.get(key)
    uses.set(key, { count: (known?.count ?? 0) + 1, at: Math.max(known?.at ?? 0, at) })
  }
}

type ToolUse = { type?: unknown; name?: unknown; input?: { skill?: unknown; subagent_type?: unknown } }

/** Type and name of what was used, joined by NUL; null when it is none of the user's artifacts. */
function useOf(item: unknown): string | null {
  const { type, name, input } = (item ?? {}) as ToolUse
  if (type !== 'tool_use' || typeof name !== 'string') return null
  if (name === 'Skill') return keyOf('skill', input?.skill)
  if (name === 'Agent' || name === 'Task') return keyOf('agent', input?.subagent_type)
  const server = /^mcp__(.+?)__/.exec(name)?.[1]
  return server === undefined ? null : keyOf('mcp', server)
}

/** Names longer than any artifact's are somebody's text. */
const keyOf = (type: string, name: unknown): string | null =>
  typeof name === 'string' && name !== '' && name.length <= 200 && !name.includes('\0')
    ? `${type}\0${name}`
    : null
