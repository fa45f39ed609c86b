/** Projects Claude Code was used in, from the transcripts it keeps (ecosystem spec section 10, point 4). */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { lookAt } from './config-file.ts'
import type { MachineFolders, ScanCounters } from './types.ts'

/** The first `cwd` stands in one of the first lines; a pasted image before it would be larger than this. In bytes. */
const headBytes = 65_536

/** Folders looked into at most, newest first by name order of the file system; years of work fit. */
const maxFolders = 5000

/** `cwd` of the newest transcript of each folder; folder names are lossy, so the field is read. Nothing else is kept. */
export function sessionProjects(folders: MachineFolders, counters: ScanCounters): string[] {
  const root = join(folders.claudeConfig, 'projects')
  const found = new Set<string>()
  for (const name of namesIn(root, counters).slice(0, maxFolders)) {
    const newest = newestTranscript(join(root, name), counters)
    const cwd = newest === null ? null : firstCwd(newest, counters)
    if (cwd !== null) found.add(cwd)
  }
  return [...found]
}

function namesIn(folder: string, counters: ScanCounters): string[] {
  try {
    counters.directories++
    return readdirSync(folder)
  } catch {
    return []
  }
}

function newestTranscript(folder: string, counters: ScanCounters): string | null {
  let newest: { path: string; mtimeMs: number } | null = null
  for (const name of namesIn(folder, counters)) {
    if (!name.endsWith('.jsonl')) continue
    const path = join(folder, name)
    const { stats } = lookAt(path, counters)
    if (stats?.isFile() && stats.size > 0 && (newest === null || stats.mtimeMs > newest.mtimeMs)) {
      newest = { path, mtimeMs: stats.mtimeMs }
    }
  }
  return newest?.path ?? null
}

function firstCwd(path: string, counters: ScanCounters): string | null {
  const head = Buffer.alloc(headBytes)
  let length: number
  try {
    const file = openSync(path, 'r')
    try {
      length = readSync(file, head, 0, headBytes, 0)
    } finally {
      closeSync(file)
    }
  } catch {
    return null
  }
  counters.filesRead++
  counters.bytesRead += length
  const lines = head.toString('utf8', 0, length).split('\n')
  // The last line may be cut off, unless it is the only one
  for (const line of lines.length > 1 ? lines.slice(0, -1) : lines) {
    const cwd = cwdOf(line)
    if (cwd !== null) return cwd
  }
  return null
}

function cwdOf(line: string): string | null {
  if (!line.includes('"cwd"')) return null
  try {
    const { cwd } = JSON.parse(line) as { cwd?: unknown }
    return typeof cwd === 'string' && isAbsolute(cwd) && !cwd.includes('\0') ? cwd : null
  } catch {
    return null
  }
}
