/**
 * The part of `~/.claude.json` smd may know (ecosystem spec 2.7). The file also holds the state of credentials: only
 * the keys named below are copied, nothing of it is ever logged or quoted, and it is never written.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lookAt, noCounters, readConfigFile, reasonOf } from './config-file.ts'
import { diagnose } from './diagnostics.ts'
import { parseJsonText } from './json-text.ts'
import { isRecord, ownValue, recordAt, stringList } from './json-values.ts'
import type { ClaudeApprovals, ClaudeProjectState, ClaudeState, MachineFolders, UnitResult } from './types.ts'

/** Years of use make some ten megabytes; beyond this something else is in its place. In bytes. */
const maxBytes = 100 * 1024 * 1024

export type ClaudeStateReading = {
  state: ClaudeState
  /** Every project the file knows, as written there: absolute, maybe gone. */
  projectPaths: string[]
  diagnostics: UnitResult['diagnostics']
}

/** Reads the state and the approvals of the user settings. A missing, huge or broken file costs its data only. */
export function readClaudeState(folders: MachineFolders): ClaudeStateReading {
  const diagnostics: UnitResult['diagnostics'] = []
  const report = (code: 'file.unreadable' | 'config.invalid_json' | 'config.wrong_type', detail: string) =>
    diagnostics.push({ ...diagnose(code, detail), relPath: folders.claudeJson })
  const reading: ClaudeStateReading = {
    state: { mcpServers: {}, projects: {} },
    projectPaths: [],
    diagnostics,
  }
  const approvals = userApprovals(folders)
  if (approvals) reading.state.approvals = approvals
  const file = lookAt(folders.claudeJson, noCounters())
  if (file.error) report('file.unreadable', file.error)
  if (!file.stats) return reading
  if (!file.stats.isFile()) report('file.unreadable', 'not a regular file')
  else if (file.stats.size > maxBytes) report('file.unreadable', `${file.stats.size} bytes`)
  else if (file.stats.size > 0) {
    try {
      const parsed = parseJsonText(readFileSync(folders.claudeJson, 'utf8'))
      if ('error' in parsed) report('config.invalid_json', parsed.error)
      else if (!isRecord(parsed.value)) report('config.wrong_type', 'not an object')
      else copyState(parsed.value, reading)
    } catch (error) {
      report('file.unreadable', reasonOf(error))
    }
  }
  return reading
}

function copyState(file: Record<string, unknown>, reading: ClaudeStateReading): void {
  reading.state.mcpServers = recordAt(file, 'mcpServers')
  const projects = Object.entries(recordAt(file, 'projects')).filter(([path]) => isAbsolutePath(path))
  reading.projectPaths = projects.map(([path]) => path)
  // Not by assignment: a key named __proto__ must stay a key
  reading.state.projects = Object.fromEntries(
    projects.filter(([, entry]) => isRecord(entry)).map(([path, entry]) => [path, projectState(entry)]),
  )
}

const projectState = (entry: unknown): ClaudeProjectState => ({
  mcpServers: recordAt(entry, 'mcpServers'),
  disabledMcpServers: stringList(ownValue(entry, 'disabledMcpServers')),
  enabledMcpjsonServers: stringList(ownValue(entry, 'enabledMcpjsonServers')),
  disabledMcpjsonServers: stringList(ownValue(entry, 'disabledMcpjsonServers')),
})

const isAbsolutePath = (path: string): boolean => path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)

/** What a settings file says of the servers of `.mcp.json` files. */
export const approvalsOf = (settings: unknown): ClaudeApprovals => ({
  enableAllProjectMcpServers: ownValue(settings, 'enableAllProjectMcpServers') === true,
  enabledMcpjsonServers: stringList(ownValue(settings, 'enabledMcpjsonServers')),
  disabledMcpjsonServers: stringList(ownValue(settings, 'disabledMcpjsonServers')),
})

/** Approvals of the user settings, which hold in every project; null when there are none. */
function userApprovals(folders: MachineFolders): ClaudeApprovals | null {
  const counters = noCounters()
  // Errors of this file are reported where its hooks are read
  const { value } = readConfigFile(
    lookAt(join(folders.claudeConfig, 'settings.json'), counters),
    'json',
    counters,
  )
  const approvals = approvalsOf(value)
  const says =
    approvals.enableAllProjectMcpServers ||
    approvals.enabledMcpjsonServers.length > 0 ||
    approvals.disabledMcpjsonServers.length > 0
  return says ? approvals : null
}
