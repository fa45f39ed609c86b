/** MCP servers out of the tables of many hosts: one artifact per server (ecosystem spec 7). */

import { redactText, redactUrl } from '../../../kernel/secrets/redact.ts'
import { type ConfigSource, compact, configArtifact } from './config-artifact.ts'
import { diagnose } from './diagnostics.ts'
import type { ConfigFindings } from './hooks.ts'
import { isRecord, ownValue, recordAt, shorten, stringList, textOf } from './json-values.ts'
import { packageOrigin, serverPackage } from './mcp-package.ts'
import type { Diagnostic } from './types.ts'

/** Whether a server of a project's `.mcp.json` may run (ecosystem spec 7.1). */
export type ServerApproval = 'approved' | 'pending' | 'rejected'

export type ServerOptions = {
  /** What the settings around the file say of a server; null when nothing has to be approved. */
  approval?: (name: string) => ServerApproval | null
  /** Names switched off outside of the entry itself. */
  isDisabled?: (name: string) => boolean
  /** How the host calls a server of a plugin, e.g. `plugin:name:server`. */
  qualify?: (name: string) => string
  /** Names of the environment variables that are set; without them nothing is said about unset ones. */
  variableNames?: readonly string[] | undefined
}

const reservedNames: ReadonlySet<string> = new Set([
  'workspace',
  'claude-in-chrome',
  'computer-use',
  'Claude Preview',
  'Claude Browser',
])

/** Spellings of the transport in all hosts. */
const transports: Readonly<Record<string, string>> = {
  stdio: 'stdio',
  local: 'stdio',
  http: 'http',
  'streamable-http': 'http',
  streamable_http: 'http',
  streamablehttp: 'http',
  remote: 'http',
  sse: 'sse',
  ws: 'ws',
  websocket: 'ws',
}

/** Extensions of Goose that are part of it and no servers. */
const builtInTypes: ReadonlySet<string> = new Set(['builtin', 'platform', 'frontend', 'inline_python'])

/** Variables the host sets itself. */
const hostVariables = /^(?:CLAUDE_|workspaceFolder|userHome)/

/** Servers of a table (name -> entry) or a list of entries with names. Anything else is told of the file. */
export function serverArtifacts(
  source: ConfigSource,
  table: unknown,
  options: ServerOptions = {},
): ConfigFindings {
  const findings: ConfigFindings = { artifacts: [], diagnostics: [] }
  if (table === undefined || table === null) return findings
  const seen = new Set<string>()
  for (const [name, entry] of entriesOf(table, findings)) {
    if (!isRecord(entry)) {
      findings.diagnostics.push(diagnose('config.wrong_type', `server ${shorten(name, 80)} is not an object`))
      continue
    }
    const type = textOf(ownValue(entry, 'type'))?.trim().toLowerCase() ?? ''
    if (source.host === 'goose' && builtInTypes.has(type)) continue
    const label = shorten(name, 200)
    if (seen.has(label)) {
      findings.diagnostics.push(diagnose('name.duplicate', label))
      continue
    }
    seen.add(label)
    findings.artifacts.push(serverArtifact(source, label, entry, options))
  }
  return findings
}

function entriesOf(table: unknown, findings: ConfigFindings): Array<[string, unknown]> {
  if (isRecord(table)) return Object.entries(table)
  if (!Array.isArray(table)) {
    findings.diagnostics.push(diagnose('config.wrong_type', 'the servers are neither a table nor a list'))
    return []
  }
  return table.map((entry, index) => [textOf(ownValue(entry, 'name')) ?? `#${index + 1}`, entry])
}

type Entry = {
  transport: string
  /** As spelled; null when the entry names none. */
  spelled: string | null
  command: string | null
  args: string[]
  url: string | null
  hasUrl: boolean
}

function serverArtifact(
  source: ConfigSource,
  name: string,
  raw: Record<string, unknown>,
  options: ServerOptions,
) {
  const entry = readEntry(raw)
  const found = entry.command === null ? null : serverPackage(entry.command, entry.args)
  const env = Object.keys({
    ...recordAt(raw, 'env'),
    ...recordAt(raw, 'environment'),
    ...recordAt(raw, 'envs'),
  })
  const headers = Object.keys({ ...recordAt(raw, 'headers'), ...recordAt(raw, 'http_headers') })
  const variables = variablesOf(raw)
  const approval = options.approval?.(name) ?? null
  const off =
    ownValue(raw, 'enabled') === false ||
    ownValue(raw, 'disabled') === true ||
    (options.isDisabled?.(name) ?? false) ||
    (approval !== null && approval !== 'approved')
  return configArtifact(source, {
    type: 'mcp',
    name,
    fragment: name,
    value: raw,
    description: describe(raw, entry, found?.label ?? null),
    source: found?.source ?? null,
    deployedVersion: found?.version ?? null,
    // What a plugin brings along is judged with the plugin
    origin: found && source.scope !== 'plugin' ? packageOrigin(found) : undefined,
    metadata: compact({
      transport: entry.transport,
      command: entry.command && commandName(entry.command),
      package: found?.label,
      url: entry.url && shorten(redactUrl(entry.url.trim().slice(0, 2000)), 300),
      env: env.length > 0 ? env.slice(0, 50).map((key) => shorten(key, 100)) : undefined,
      headers: headers.length > 0 ? headers.slice(0, 50).map((key) => shorten(key, 100)) : undefined,
      variables: variables.length > 0 ? variables.slice(0, 50) : undefined,
      enabled: !off,
      approval,
      qualifiedName: options.qualify?.(name),
    }),
    diagnostics: check(source, name, raw, entry, variables, options),
  })
}

function readEntry(raw: Record<string, unknown>): Entry {
  const urlKey = ['url', 'serverUrl', 'httpUrl', 'uri', 'endpoint'].find(
    (key) => typeof ownValue(raw, key) === 'string',
  )
  const url = urlKey ? (ownValue(raw, urlKey) as string) : null
  // OpenCode writes command and arguments as one list, Zed an object, Goose `cmd`
  const command = ownValue(raw, 'command') ?? ownValue(raw, 'cmd')
  const words = isRecord(command)
    ? [...stringList(ownValue(command, 'path')), ...stringList(ownValue(command, 'args'))]
    : [...stringList(command), ...stringList(ownValue(raw, 'args'))]
  const spelled = textOf(
    ownValue(raw, 'type') ?? ownValue(raw, 'transport') ?? ownValue(raw, 'transportType'),
  )
  const known = spelled === null ? undefined : transports[spelled.trim().toLowerCase()]
  return {
    transport:
      known ?? (spelled === null ? (url !== null && words.length === 0 ? 'http' : 'stdio') : 'unknown'),
    spelled,
    command: words[0]?.trim() || null,
    args: words.slice(1),
    url: url === null || url.trim() === '' ? null : url,
    hasUrl: url !== null,
  }
}

/** Last component of the program's path; of a whole command line in one string, of its first word. */
function commandName(command: string): string {
  const word = /^(?:"([^"]+)"|'([^']+)'|(.+))$/s.exec(command)
  const path = word?.[1] ?? word?.[2] ?? command
  const program = /^\S+\s+-/.test(path) || /^[\w.-]+\s/.test(path) ? (path.split(/\s/, 1)[0] as string) : path
  return shorten(redactText(program.split(/[\\/]/).at(-1) ?? program), 80)
}

function describe(raw: Record<string, unknown>, entry: Entry, label: string | null): string | null {
  const said = textOf(ownValue(raw, 'description') ?? ownValue(raw, 'descrption'))
  if (said) return shorten(redactText(said.slice(0, 8000)), 500)
  if (entry.command) return label ? `${commandName(entry.command)} ${label}` : commandName(entry.command)
  return entry.url && shorten(redactUrl(entry.url.trim().slice(0, 2000)), 200)
}

/** Variables without a default that command, arguments, environment, address and headers refer to, sorted. */
function variablesOf(raw: Record<string, unknown>): string[] {
  const names = new Set<string>()
  const collect = (text: unknown): void => {
    if (typeof text !== 'string') return
    for (const match of text.slice(0, 20_000).matchAll(/\$\{(?:env:)?([A-Za-z_]\w*)(:-)?/g)) {
      if (match[2] === undefined && !hostVariables.test(match[1] as string)) names.add(match[1] as string)
    }
  }
  for (const key of ['command', 'args', 'env', 'environment', 'url', 'headers']) {
    const value = ownValue(raw, key)
    collect(value)
    if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) collect(item)
  }
  return [...names].sort()
}

function check(
  source: ConfigSource,
  name: string,
  raw: Record<string, unknown>,
  entry: Entry,
  variables: string[],
  options: ServerOptions,
): Diagnostic[] {
  const found: Diagnostic[] = []
  const isClaude = source.host === 'claude-code'
  if (isClaude && reservedNames.has(name)) found.push(diagnose('mcp.reserved_name', name))
  else if (isClaude && !/^[A-Za-z0-9_-]+$/.test(name)) found.push(diagnose('mcp.bad_name', name))
  if (entry.transport === 'unknown') {
    found.push(diagnose('mcp.unknown_type', shorten(entry.spelled ?? '', 60)))
  } else if (isClaude && entry.spelled === null && entry.url && !entry.command) {
    found.push(diagnose('mcp.url_without_type', /\/sse\/?(?:[?#]|$)/.test(entry.url) ? 'sse' : 'http'))
  } else if (entry.hasUrl && !entry.url && !entry.command) {
    found.push(diagnose('mcp.not_configured'))
  } else if (!isToggle(raw)) {
    if (entry.transport === 'stdio' && !entry.command) found.push(diagnose('mcp.missing_field', 'command'))
    if (entry.transport !== 'stdio' && !entry.hasUrl) found.push(diagnose('mcp.missing_field', 'url'))
  }
  for (const field of paddedFields(raw)) found.push(diagnose('mcp.whitespace', field))
  const timeout = ownValue(raw, 'timeout')
  if (isClaude && typeof timeout === 'number' && timeout < 1000) {
    found.push(diagnose('mcp.short_timeout', String(timeout)))
  }
  if (options.variableNames) {
    for (const variable of variables) {
      if (!options.variableNames.includes(variable)) found.push(diagnose('mcp.unset_variable', variable))
    }
  }
  return found
}

/** An entry that only switches a server on or off which is defined elsewhere (OpenCode). */
const isToggle = (raw: Record<string, unknown>): boolean =>
  Object.keys(raw).length > 0 && Object.keys(raw).every((key) => key === 'enabled' || key === 'disabled')

/** Names of the values with white space around them. */
function paddedFields(raw: Record<string, unknown>): string[] {
  const fields: string[] = []
  for (const key of ['type', 'command', 'url', 'args', 'env', 'headers']) {
    const value = ownValue(raw, key)
    if (typeof value === 'string') {
      if (value !== value.trim()) fields.push(key)
    } else if (isRecord(value)) {
      for (const [name, item] of Object.entries(value)) {
        if (typeof item === 'string' && item !== item.trim()) fields.push(`${key}.${shorten(name, 60)}`)
      }
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        if (typeof item === 'string' && item !== item.trim()) fields.push(`${key}[${index}]`)
      })
    }
  }
  return fields.slice(0, 20)
}
