/** Where a plugin keeps its artifacts: the default folders, and what its manifest says (ecosystem spec 3.1). */
import { posix } from 'node:path'
import { type AgentFolder, agentFolder } from './agents.ts'
import { isSkillFile } from './artifact-files.ts'
import { lookAt, readConfigFile, signatureOf } from './config-file.ts'
import { isRecord, ownValue, stringList } from './json-values.ts'
import { manifestPath } from './plugin-manifest.ts'
import { type ScanRun, tell } from './scan-run.ts'

/** Paths by manifest key, relative to the plugin; a key the manifest does not have is absent. */
export type PluginLayout = Partial<Record<LayoutKey, string[]>>

const layoutKeys = {
  skills: { type: 'skill', shape: 'skills', adds: true },
  commands: { type: 'command', shape: 'files', adds: false },
  agents: { type: 'agent', shape: 'files', adds: false },
  workflows: { type: 'workflow', shape: 'files', adds: false },
  outputStyles: { type: 'output-style', shape: 'files', adds: false },
} as const
type LayoutKey = keyof typeof layoutKeys

/**
 * The layout of the plugin `run` scans, and a memory of it for the next scan: an unchanged manifest is not read again.
 * What is wrong with the manifest itself is told with the plugin.
 */
export function readPluginLayout(run: ScanRun, memory: string): { layout: PluginLayout; memory: string } {
  const file = lookAt(`${run.unit.path}/${manifestPath}`, run.counters)
  if (!file.stats) return { layout: {}, memory: '' }
  const signature = signatureOf(file).slice(file.path.length + 1)
  if (memory.startsWith(`${signature} `)) {
    return { layout: JSON.parse(memory.slice(signature.length + 1)) as PluginLayout, memory }
  }
  const layout = layoutOf(readConfigFile(file, 'json', run.counters).value)
  return { layout, memory: `${signature} ${JSON.stringify(layout)}` }
}

function layoutOf(components: unknown): PluginLayout {
  const layout: PluginLayout = {}
  for (const key of Object.keys(layoutKeys) as LayoutKey[]) {
    const given = ownValue(components, key)
    if (given !== undefined) layout[key] = readPaths(given)
  }
  return layout
}

/** A path, a list of paths, or (commands) a mapping name -> `{source}`; as written. */
function readPaths(given: unknown): string[] {
  if (!isRecord(given)) return stringList(given)
  return Object.values(given).flatMap((definition) => stringList(ownValue(definition, 'source')))
}

/**
 * Rows of the table for this plugin: the defaults, changed by its manifest and by its marketplace's entry.
 * `names`: what lies in its folder; a SKILL.md there without any other skills makes it a plugin of one skill.
 */
export function pluginFolders(
  run: ScanRun,
  defaults: readonly AgentFolder[],
  manifest: PluginLayout,
  names: readonly string[],
): AgentFolder[] {
  const entry = run.unit.plugin?.entry
  const declared = layoutOf(entry?.components)
  const layout: PluginLayout = entry?.strict === false ? declared : { ...declared, ...manifest }
  const rows: AgentFolder[] = []
  for (const row of defaults) {
    const key = keyOfType(row.type)
    const declared = key && layout[key]
    const isWhole = entry?.strict === false
    if (!key || !declared || (layoutKeys[key].adds && !isWhole)) rows.push(row)
    for (const path of declared ?? []) {
      const extra = rowAt(run, row, key as LayoutKey, path)
      if (extra && !rows.some((other) => other.type === extra.type && other.path === extra.path))
        rows.push(extra)
    }
  }
  const skills = defaults.find((row) => row.type === 'skill')
  if (skills && !layout.skills && !names.includes('skills') && names.some(isSkillFile)) {
    rows.push({ ...skills, path: '', depth: 0, ambiguous: true })
  }
  return rows
}

const keyOfType = (type: AgentFolder['type']): LayoutKey | undefined =>
  (Object.keys(layoutKeys) as LayoutKey[]).find((key) => layoutKeys[key].type === type)

/** A row of the same kind at a declared path, which may also be a file; null, and told, when there is none. */
function rowAt(run: ScanRun, row: AgentFolder, key: LayoutKey, declared: string): AgentFolder | null {
  const path = posix.normalize(declared).replace(/\/+$/, '')
  if (posix.isAbsolute(path) || path === '..' || path.startsWith('../') || path.includes('\0')) {
    tell(run, manifestPath, 'plugin.bad_path', `${key}: ${declared}`)
    return null
  }
  const { stats, error } = lookAt(`${run.unit.path}/${path}`, run.counters)
  if (!stats) {
    tell(run, manifestPath, 'plugin.missing_path', `${key}: ${declared}${error ? ` (${error})` : ''}`)
    return null
  }
  const shape = stats.isFile() && row.shape === 'files' ? 'file' : row.shape
  // The plugin's own folder holds more than skills
  return path === '.' ? { ...row, path: '', ambiguous: true } : agentFolder({ ...row, path, shape })
}
