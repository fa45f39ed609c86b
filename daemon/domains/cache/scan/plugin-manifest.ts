/** The manifest of a plugin, joined with the entry of its marketplace (ecosystem spec 3). */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type FileState, readConfigFile } from './config-file.ts'
import { diagnose } from './diagnostics.ts'
import { isRecord, ownValue, shorten } from './json-values.ts'
import type { Diagnostic, ScanCounters, ScanUnit } from './types.ts'

export const manifestPath = '.claude-plugin/plugin.json'

export type PluginManifest = {
  file: FileState
  /** Empty when there is none, or none that can be read. */
  value: Record<string, unknown>
  diagnostics: Diagnostic[]
}

/** Reads the manifest that `lookAt` found. */
export function readManifest(file: FileState, counters: ScanCounters): PluginManifest {
  const { value, diagnostics } = readConfigFile(file, 'json', counters)
  if (value !== undefined && !isRecord(value))
    diagnostics.push(diagnose('config.wrong_type', 'not an object'))
  return { file, value: isRecord(value) ? value : {}, diagnostics }
}

/** A component key as the manifest and the marketplace entry say it, the authority first; empty when neither does. */
export function declaredComponent(unit: ScanUnit, manifest: PluginManifest, key: string): unknown[] {
  const entry = unit.plugin?.entry
  const fromEntry = entry ? ownValue(entry.components, key) : undefined
  const fromManifest = entry?.strict === false ? undefined : ownValue(manifest.value, key)
  return [fromManifest, fromEntry].filter((value) => value !== undefined && value !== null)
}

/** A path of the manifest, relative to the plugin and inside of it; null when it must not or cannot be followed. */
export function checkedPath(
  unit: ScanUnit,
  key: string,
  text: string,
  diagnostics: Diagnostic[],
): string | null {
  const label = `${key}: ${shorten(text, 120)}`
  const parts = text.trim().replaceAll('\\', '/').split('/')
  if (text.includes('\0') || parts[0] === '' || /^[A-Za-z]:$/.test(parts[0] ?? '') || parts.includes('..')) {
    diagnostics.push(diagnose('plugin.bad_path', label))
    return null
  }
  if (parts[0] !== '.') diagnostics.push(diagnose('plugin.bad_path', label))
  const path = parts.filter((part) => part !== '' && part !== '.').join('/')
  if (!existsSync(join(unit.path, path))) {
    diagnostics.push(diagnose('plugin.missing_path', label))
    return null
  }
  return path
}
