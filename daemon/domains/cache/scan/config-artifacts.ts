/** Hooks and MCP servers of a unit, out of all its configuration files and of what `~/.claude.json` says of it. */
import { approvalBy, type ClaudeSlice, claudeSlice } from './claude-project.ts'
import { approvalsOf } from './claude-state.ts'
import { collectionServers } from './collection-servers.ts'
import { type ConfigSource, unitRelative } from './config-artifact.ts'
import { type FileState, lookAt, noCounters, readConfigFile, signatureOf } from './config-file.ts'
import type { ConfigLocation } from './config-locations.ts'
import { type LocatedFile, locateConfigFiles } from './config-lookup.ts'
import { diagnose } from './diagnostics.ts'
import { type ConfigFindings, hookArtifacts } from './hooks.ts'
import { fingerprint, isRecord, ownValue, recordAt, stringList } from './json-values.ts'
import { type ServerApproval, type ServerOptions, serverArtifacts } from './mcp-servers.ts'
import { pluginArtifact } from './plugin-artifact.ts'
import { declaredPathsOf, type PluginConfig, pluginConfigs, pluginSignature } from './plugin-configs.ts'
import type { ScanCounters, ScanEnvironment, ScannedArtifact, ScanUnit, UnitResult } from './types.ts'

export type ConfigReading = {
  /** Fingerprint of the files' stat and of the environment's part for this unit. Holds no `|`. */
  configSig: string
  /** True when `configSig` is what it was; then there are no artifacts here, the known ones stand. */
  unchanged: boolean
  artifacts: ScannedArtifact[]
  /** What concerns a file as a whole. */
  diagnostics: UnitResult['diagnostics']
  counters: ScanCounters
}

/**
 * Reads what configures a unit. Bad files cost their own content only; nothing is ever written.
 *
 * Where a file was bad the signature ends with `!`: then an unchanged unit is read again all the same, so that its
 * trouble is told by every scan.
 */
export function readConfigFiles(
  unit: ScanUnit,
  env: ScanEnvironment,
  previousConfigSig: string | null,
): ConfigReading {
  const reading: ConfigReading = {
    configSig: '',
    unchanged: false,
    artifacts: [],
    diagnostics: [],
    counters: noCounters(),
  }
  const read = unit.kind === 'plugin' ? readPlugin : readUnit
  read(unit, env, previousConfigSig, reading)
  if (previousConfigSig !== null && reading.configSig === previousConfigSig) {
    reading.unchanged = true
    reading.artifacts = []
  }
  return reading
}

function readUnit(
  unit: ScanUnit,
  env: ScanEnvironment,
  previous: string | null,
  reading: ConfigReading,
): void {
  const files = locateConfigFiles(unit, env, reading.counters)
  const claude = claudeSlice(unit, env)
  const approvals = unit.kind === 'project' ? (env.claude.approvals ?? null) : null
  reading.configSig = fingerprint(
    JSON.stringify([
      files.map(({ file }) => signatureOf(file)),
      claude,
      approvals,
      env.variableNames ?? null,
    ]),
  )
  if (reading.configSig === previous) return
  const parsed = files.map((located) => ({
    ...located,
    value: readFile(unit, located.file, located.location, reading),
  }))
  const settings = parsed.filter(({ location }) => location.host === 'claude-code' && location.hooks)
  const options: ReadOptions = {
    approval: approvalBy([...settings.map(({ value }) => approvalsOf(value)), claude.project, approvals]),
    isDisabled: (name) => claude.project?.disabledMcpServers.includes(name) ?? false,
    hooksEnabled: !settings.some(({ value }) => ownValue(value, 'disableAllHooks') === true),
    variableNames: env.variableNames,
  }
  for (const { location, file, value } of parsed) {
    if (value !== undefined) addFile(unit, location, file, value, options, reading)
  }
  addClaudeServers(unit, env, claude, options, reading)
  if (unit.kind === 'collection') addCollectionServers(unit, parsed, reading)
  if (reading.diagnostics.length > 0) reading.configSig += '!'
}

function readPlugin(
  unit: ScanUnit,
  env: ScanEnvironment,
  previous: string | null,
  reading: ConfigReading,
): void {
  const { counters } = reading
  if (previous !== null && !previous.endsWith('!')) {
    reading.configSig = pluginSignature(unit, env, declaredPathsOf(previous), counters)
    if (reading.configSig === previous) return
  }
  const { manifest, configs, declaredPaths, diagnostics } = pluginConfigs(unit, counters)
  reading.configSig = pluginSignature(unit, env, declaredPaths, counters)
  reading.artifacts.push(pluginArtifact(unit, manifest, diagnostics, counters))
  for (const config of configs) addPluginConfig(unit, config, env, reading)
  if (reading.diagnostics.length > 0) reading.configSig += '!'
}

type ReadOptions = {
  approval: (name: string) => ServerApproval
  isDisabled: (name: string) => boolean
  hooksEnabled: boolean
  variableNames: readonly string[] | undefined
}

function readFile(
  unit: ScanUnit,
  file: FileState,
  location: ConfigLocation,
  reading: ConfigReading,
): unknown {
  const relPath = unitRelative(unit.path, file.path)
  const { value, diagnostics } = readConfigFile(file, location.format, reading.counters)
  if (value !== undefined && value !== null && !isRecord(value)) {
    diagnostics.push(diagnose('config.wrong_type', 'not an object'))
  }
  // A manifest is reported by whoever reads its sources; here only the servers in it matter
  if (unit.kind !== 'collection')
    reading.diagnostics.push(...diagnostics.map((found) => ({ ...found, relPath })))
  return isRecord(value) ? value : undefined
}

function addFile(
  unit: ScanUnit,
  location: ConfigLocation,
  file: FileState,
  value: unknown,
  options: ReadOptions,
  reading: ConfigReading,
): void {
  const source = sourceOf(unit, location, file)
  if (location.hooks) {
    const enabled = location.host === 'claude-code' ? options.hooksEnabled : hooksEnabled(value)
    add(reading, source, hookArtifacts(source, ownValue(value, 'hooks'), { shape: location.hooks, enabled }))
  }
  if (location.servers) {
    const isProjectMcp = location.servers === 'wrapped?'
    const table = isProjectMcp ? wrappedServers(value) : serverTable(value, location.servers)
    add(
      reading,
      source,
      serverArtifacts(source, table, {
        ...(isProjectMcp && { approval: options.approval, isDisabled: options.isDisabled }),
        ...(location.host !== 'claude-code' && { isDisabled: excludedServers(value) }),
        variableNames: options.variableNames,
      }),
    )
  }
}

const sourceOf = (unit: ScanUnit, location: ConfigLocation, file: FileState): ConfigSource => ({
  unit,
  host: location.host,
  scope: location.scope,
  relPath: unitRelative(unit.path, file.path),
  modifiedAt: file.stats?.mtimeMs ?? 0,
  signature: signatureOf(file),
})

function add(reading: ConfigReading, source: ConfigSource, findings: ConfigFindings): void {
  reading.artifacts.push(...findings.artifacts)
  reading.diagnostics.push(...findings.diagnostics.map((found) => ({ ...found, relPath: source.relPath })))
}

/** `mcpServers`, or the whole file when it is a bare map (ecosystem spec 7.1). */
export function wrappedServers(value: unknown): unknown {
  const wrapped = ownValue(value, 'mcpServers')
  if (wrapped !== undefined) return wrapped
  if (!isRecord(value)) return undefined
  const entries = Object.entries(value).filter(([name, entry]) => !name.startsWith('$') && isRecord(entry))
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

/** OpenCode 2 nests the servers one level deeper; only the shape tells (a server may be called `servers`). */
function serverTable(value: unknown, key: string): unknown {
  const table = ownValue(value, key)
  const nested = key === 'mcp' ? ownValue(table, 'servers') : undefined
  if (
    !isRecord(nested) ||
    ['type', 'command', 'url', 'enabled'].some((field) => !isRecord(nested[field] ?? {}))
  ) {
    return table
  }
  return nested
}

/** Gemini CLI and its relatives name the servers they allow or exclude. */
function excludedServers(value: unknown): (name: string) => boolean {
  const mcp = recordAt(value, 'mcp')
  const excluded = stringList(ownValue(mcp, 'excluded'))
  const allowed = stringList(ownValue(mcp, 'allowed'))
  return (name) => excluded.includes(name) || (allowed.length > 0 && !allowed.includes(name))
}

const hooksEnabled = (value: unknown): boolean =>
  ownValue(recordAt(value, 'hooksConfig'), 'enabled') !== false &&
  ownValue(recordAt(value, 'hooks'), 'enabled') !== false

function addClaudeServers(
  unit: ScanUnit,
  env: ScanEnvironment,
  claude: ClaudeSlice,
  options: ReadOptions,
  reading: ConfigReading,
): void {
  if (Object.keys(claude.servers).length === 0) return
  const { stats } = lookAt(env.folders.claudeJson, reading.counters)
  const source: ConfigSource = {
    unit,
    host: 'claude-code',
    scope: unit.kind === 'user' ? 'user' : 'local',
    relPath: unitRelative(unit.path, env.folders.claudeJson),
    modifiedAt: stats?.mtimeMs ?? 0,
    signature: '',
  }
  const { isDisabled, variableNames } = options
  add(reading, source, serverArtifacts(source, claude.servers, { isDisabled, variableNames }))
}

function addPluginConfig(
  unit: ScanUnit,
  config: PluginConfig,
  env: ScanEnvironment,
  reading: ConfigReading,
): void {
  const source: ConfigSource = {
    unit,
    host: 'claude-code',
    scope: 'plugin',
    relPath: unitRelative(unit.path, config.file.path),
    modifiedAt: config.file.stats?.mtimeMs ?? 0,
    signature: signatureOf(config.file),
    source: unit.plugin?.source ?? null,
    deployedVersion: unit.plugin?.version ?? null,
  }
  let value = config.inline
  if (value === undefined) {
    const text = readConfigFile(config.file, 'json', reading.counters)
    reading.diagnostics.push(...text.diagnostics.map((found) => ({ ...found, relPath: source.relPath })))
    if (text.value === undefined) return
    value = text.value
  }
  const enabled = unit.plugin?.enabled !== false
  if (config.what === 'hooks') {
    const hooks = ownValue(value, 'hooks') ?? value
    const findings = hookArtifacts(source, hooks, {
      shape: 'groups',
      enabled,
    })
    add(reading, source, findings)
  } else {
    const serverOptions: ServerOptions = {
      isDisabled: () => !enabled,
      qualify: (name) => `plugin:${config.pluginName}:${name}`,
      variableNames: env.variableNames,
    }
    add(reading, source, serverArtifacts(source, wrappedServers(value), serverOptions))
  }
}

/** `[[mcp_servers]]` of a collection (formats spec section 3). */
function addCollectionServers(
  unit: ScanUnit,
  parsed: ReadonlyArray<LocatedFile & { value: unknown }>,
  reading: ConfigReading,
): void {
  for (const { location, file, value } of parsed) {
    const servers = ownValue(value, 'mcp_servers')
    if (servers === undefined) continue
    const source = sourceOf(unit, location, file)
    add(reading, source, collectionServers(source, servers))
  }
}
