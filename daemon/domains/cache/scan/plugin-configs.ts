/** Files and inline parts of a plugin that hold hooks or MCP servers (ecosystem spec 3.1). */
import { join } from 'node:path'
import { type FileState, lookAt, signatureOf } from './config-file.ts'
import { fingerprint, isRecord, ownValue, textOf } from './json-values.ts'
import { nameOf } from './plugin-artifact.ts'
import {
  checkedPath,
  declaredComponent,
  manifestPath,
  type PluginManifest,
  readManifest,
} from './plugin-manifest.ts'
import type { Diagnostic, ScanCounters, ScanEnvironment, ScanUnit } from './types.ts'

export type PluginConfig = {
  what: 'hooks' | 'servers'
  pluginName: string
  /** The file; of an inline part the manifest. */
  file: FileState
  /** The part itself; undefined when the file is to be read. */
  inline?: unknown
}

/** Where components lie by default. */
const defaultFiles = { hooks: 'hooks/hooks.json', servers: '.mcp.json' } as const

/**
 * Fingerprint of all files that configure a plugin. It carries the paths the manifest names, so that the next scan can
 * look at them without reading the manifest.
 */
export function pluginSignature(
  unit: ScanUnit,
  env: ScanEnvironment,
  declaredPaths: readonly string[],
  counters: ScanCounters,
): string {
  const look = (path: string): FileState => lookAt(join(unit.path, path), counters)
  const manifest = look(manifestPath)
  const files = [manifest, ...[...Object.values(defaultFiles), ...declaredPaths].map(look)]
  // Without a manifest a plugin is as old as its folder.
  const age = manifest.stats ? null : (lookAt(unit.path, counters).stats?.mtimeMs ?? null)
  const states = [files.map(signatureOf), age, unit.plugin ?? null, env.variableNames ?? null]
  const sum = fingerprint(JSON.stringify(states))
  return [sum, ...declaredPaths.map(encodeURIComponent)].join(',')
}

/** The paths a signature of `pluginSignature` carries. */
export const declaredPathsOf = (signature: string): string[] =>
  signature.replace(/!$/, '').split(',').slice(1).map(decodeURIComponent)

export type PluginConfigs = {
  manifest: PluginManifest
  configs: PluginConfig[]
  /** Paths the manifest or the marketplace entry names beside the default ones. */
  declaredPaths: string[]
  /** Of paths that cannot be followed. */
  diagnostics: Diagnostic[]
}

/** Reads the manifest and finds everything that holds hooks or servers. */
export function pluginConfigs(unit: ScanUnit, counters: ScanCounters): PluginConfigs {
  const manifest = readManifest(lookAt(join(unit.path, manifestPath), counters), counters)
  const pluginName = nameOf(unit, textOf(ownValue(manifest.value, 'name')))
  const found: PluginConfigs = { manifest, configs: [], declaredPaths: [], diagnostics: [] }
  const addFile = (what: PluginConfig['what'], path: string) => {
    const file = lookAt(join(unit.path, path), counters)
    if (file.stats || file.error) found.configs.push({ what, pluginName, file })
  }
  for (const [what, key] of [
    ['hooks', 'hooks'],
    ['servers', 'mcpServers'],
  ] as const) {
    addFile(what, defaultFiles[what])
    const declared = declaredComponent(unit, manifest, key)
    for (const item of declared.flatMap((value) => (Array.isArray(value) ? value : [value]))) {
      if (isRecord(item)) found.configs.push({ what, pluginName, file: manifest.file, inline: item })
      // A bundle is an archive or an address, not a file of settings
      if (typeof item !== 'string' || /^https?:|\.(?:mcpb|dxt)$/i.test(item)) continue
      const path = checkedPath(unit, key, item, found.diagnostics)
      if (path === null || path === defaultFiles[what] || found.declaredPaths.includes(path)) continue
      found.declaredPaths.push(path)
      addFile(what, path)
    }
  }
  return found
}
