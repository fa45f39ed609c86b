/** The artifact that stands for an installed plugin as a whole. */

import { redactUrl } from '../../../kernel/secrets/redact.ts'
import { isOutdated } from '../../../kernel/version-compare.ts'
import { compact } from './config-artifact.ts'
import { lookAt, signatureOf } from './config-file.ts'
import { diagnose } from './diagnostics.ts'
import {
  canonicalJson,
  fingerprint,
  isRecord,
  ownValue,
  sha256,
  shorten,
  stringList,
  textOf,
} from './json-values.ts'
import { recordedOrigin } from './origins.ts'
import type { PluginManifest } from './plugin-manifest.ts'
import type { Diagnostic, ScanCounters, ScannedArtifact, ScanUnit } from './types.ts'

/**
 * The plugin of a unit: version by the precedence of ecosystem spec 3.2, hash of its manifest's canonical JSON (the
 * version, not the content, is a plugin's signal for updates). Its `statSig` covers all it shows. `trouble` is
 * what else was found wrong with the manifest.
 */
export function pluginArtifact(
  unit: ScanUnit,
  manifest: PluginManifest,
  trouble: readonly Diagnostic[],
  counters: ScanCounters,
): ScannedArtifact {
  const { plugin } = unit
  const value = manifest.value
  const text = (key: string, max: number): string | null => {
    const found = textOf(ownValue(value, key))
    return found && shorten(found, max)
  }
  const json = manifest.file.stats ? canonicalJson(value) : null
  const installed = plugin?.version && plugin.version !== 'unknown' ? plugin.version : null
  const deployedVersion = text('version', 100) ?? installed
  const upstreamVersion = plugin?.availableVersion ?? null
  const tags = [...new Set([...stringList(ownValue(value, 'keywords')), ...(plugin?.tags ?? [])])]
  const author = ownValue(value, 'author')
  const homepage = text('homepage', 500)
  const diagnostics = [...manifest.diagnostics, ...trouble]
  if (manifest.file.stats && manifest.diagnostics.length === 0 && text('name', 200) === null) {
    diagnostics.push(diagnose('plugin.no_name'))
  }
  const folder = lookAt(unit.path, counters)
  const artifact: ScannedArtifact = {
    type: 'plugin',
    scope: 'plugin',
    name: nameOf(unit, text('name', 200)),
    host: 'claude-code',
    relPath: '.',
    fragment: '',
    title: text('displayName', 200),
    description: text('description', 1024) ?? plugin?.description ?? null,
    tags: tags.slice(0, 50).map((tag) => shorten(tag, 100)),
    source: plugin?.source ?? null,
    ...(plugin?.upstream && {
      origin: recordedOrigin({
        place: { source: plugin.upstream.source, path: plugin.upstream.path },
        version: deployedVersion,
        ...(plugin.upstream.commit === deployedVersion && { commit: plugin.upstream.commit }),
      }),
    }),
    deployedVersion,
    upstreamVersion,
    isOutdated: isOutdated(deployedVersion, upstreamVersion),
    localModified: false,
    hash: json === null ? null : sha256(json),
    sizeBytes: manifest.file.stats?.size ?? 0,
    tokens: 0,
    modifiedAt: (manifest.file.stats ?? folder.stats)?.mtimeMs ?? 0,
    statSig: '',
    diagnostics,
    metadata: compact({
      id: plugin?.id ?? unit.name,
      marketplace: plugin?.marketplace,
      enabled: plugin?.enabled ?? (ownValue(value, 'defaultEnabled') === false ? false : undefined),
      author: textOf(isRecord(author) ? ownValue(author, 'name') : author)?.slice(0, 200),
      homepage: homepage && redactUrl(homepage),
      license: text('license', 100),
      projects: plugin?.projectPaths.length ? plugin.projectPaths.slice(0, 50) : undefined,
    }),
  }
  // The time of a manifest is in its signature; that of the folder stands for it where there is none.
  const modifiedAt = manifest.file.stats ? 0 : artifact.modifiedAt
  artifact.statSig = fingerprint(
    `${signatureOf(manifest.file)}\0${JSON.stringify({ ...artifact, modifiedAt })}`,
  )
  return artifact
}

/** The manifest's name; without one what stands before the last `@` of the id. */
export const nameOf = (unit: ScanUnit, declared: string | null): string =>
  declared ?? (unit.name.lastIndexOf('@') > 0 ? unit.name.slice(0, unit.name.lastIndexOf('@')) : unit.name)
