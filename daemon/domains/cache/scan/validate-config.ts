/** The rules for hooks and MCP servers: those of the scan, with the place in the file (ecosystem spec 2.5, 7.1). */
import type { ConfigSource } from './config-artifact.ts'
import { wrappedServers } from './config-artifacts.ts'
import { lookAt, noCounters, readConfigFile } from './config-file.ts'
import { diagnose } from './diagnostics.ts'
import { hookArtifacts } from './hooks.ts'
import { isRecord, ownValue } from './json-values.ts'
import { serverArtifacts } from './mcp-servers.ts'
import type { Diagnostic } from './types.ts'

/** A diagnostic with the name in the file it is about: a server or an event. */
export type NamedDiagnostic = Diagnostic & { name: string | null }

/** A file on its own: judged as one of Claude Code's, without a project around it. */
const sourceOf = (path: string): ConfigSource => ({
  unit: { kind: 'project', path, name: '' },
  host: 'claude-code',
  scope: 'project',
  relPath: path,
  modifiedAt: 0,
  signature: '',
})

/** What is wrong with a table of hooks; also with the one in a frontmatter. */
export function checkHooks(hooks: unknown): NamedDiagnostic[] {
  const { artifacts, diagnostics } = hookArtifacts(sourceOf(''), hooks, { shape: 'groups', enabled: true })
  return [
    ...diagnostics.map((d) => ({ ...d, name: null })),
    ...artifacts.flatMap((a) => named(a.diagnostics, a.fragment.slice(0, a.fragment.indexOf('/')))),
  ]
}

/** `variableNames`: environment variables that are set; without them nothing is said about unset ones. */
function checkServers(value: unknown, variableNames: readonly string[] | undefined): NamedDiagnostic[] {
  const { artifacts, diagnostics } = serverArtifacts(sourceOf(''), wrappedServers(value), { variableNames })
  return [
    ...diagnostics.map((d) => ({ ...d, name: null })),
    ...artifacts.flatMap((a) => named(a.diagnostics, a.fragment)),
  ]
}

const named = (diagnostics: readonly Diagnostic[], name: string): NamedDiagnostic[] =>
  diagnostics.map((d) => ({ ...d, name }))

/** Reads and checks a JSON file: `hook` for settings and hook files, `mcp` for tables of servers. */
export function checkConfigFile(
  path: string,
  type: 'hook' | 'mcp',
  variableNames?: readonly string[],
): NamedDiagnostic[] {
  const counters = noCounters()
  const { value, diagnostics } = readConfigFile(lookAt(path, counters), 'json', counters)
  const found: NamedDiagnostic[] = diagnostics.map((d) => ({ ...d, name: null }))
  if (value === undefined) return found
  if (!isRecord(value)) return [...found, { ...diagnose('config.wrong_type', 'not an object'), name: null }]
  if (type === 'mcp') return [...found, ...checkServers(value, variableNames)]
  return [...found, ...checkHooks(ownValue(value, 'hooks'))]
}
