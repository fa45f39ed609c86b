/** What a collection's manifest says of its artifacts (formats spec section 3). */
import { join } from 'node:path'
import { type CollectionLabels, readLabels } from './collection-labels.ts'
import { lookAt, readConfigFile, signatureOf } from './config-file.ts'
import { fingerprint, isRecord, ownValue, recordAt, stringList, textOf } from './json-values.ts'
import { originOf } from './origins.ts'
import type { ScanRun } from './scan-run.ts'
import { gitSource, shortCommit } from './source-text.ts'
import type { ScannedArtifact } from './types.ts'
import { gitPlace, type UpstreamPlace } from './upstream-place.ts'

/** `manifest.toml` is what the plan of the original calls it; read when it is the only one. */
const manifestNames = ['collection.toml', 'manifest.toml']

export type CollectionManifest = {
  /** Changes with the manifest; `!` at its end marks a bad one, which is told by every scan. */
  signature: string
  apply: (artifact: ScannedArtifact) => void
  /** What it says beside its artifacts; null when it was not read, or is a bad one. */
  labels: CollectionLabels | null
}

/** Reads the manifest, unless it is the one of `previous`. What is wrong with it is told. */
export function readCollectionManifest(run: ScanRun, previous: string | null): CollectionManifest {
  for (const name of manifestNames) {
    const file = lookAt(`${run.unit.path}/${name}`, run.counters)
    if (!file.stats && !file.error) continue
    const manifest: CollectionManifest = {
      signature: fingerprint(signatureOf(file)),
      apply: () => {},
      labels: null,
    }
    const read = lazily(() => {
      const { value, diagnostics } = readConfigFile(file, 'toml', run.counters)
      for (const diagnostic of diagnostics) run.diagnostics.push({ relPath: name, ...diagnostic })
      const told = run.diagnostics.length
      if (diagnostics.length === 0) manifest.labels = readLabels(value, name, run.diagnostics)
      if (diagnostics.length > 0 || run.diagnostics.length > told) manifest.signature += '!'
      return index(value)
    })
    if (manifest.signature !== previous) read()
    manifest.apply = (artifact) =>
      fill(run, artifact, read().get(keyOf(artifact.type, stem(artifact.relPath))))
    return manifest
  }
  return { signature: '', apply: () => {}, labels: null }
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

type Entry = Record<string, unknown>

/** Entries by type and last part of the path without extension: names may be spelt differently. */
function index(manifest: unknown): Map<string, Entry> {
  const entries = new Map<string, Entry>()
  const listed = ownValue(manifest, 'artifacts')
  for (const entry of Array.isArray(listed) ? listed : []) {
    if (!isRecord(entry)) continue
    const path = textOf(entry.path) ?? textOf(entry.name)
    const type = textOf(entry.type)
    if (path && type) entries.set(keyOf(typeNames[type] ?? type, stem(path)), entry)
  }
  return entries
}

/** Types that the manifest calls otherwise (formats spec section 9). */
const typeNames: Readonly<Record<string, string>> = {
  mcp_server: 'mcp',
  'mcp-server': 'mcp',
  mcpserver: 'mcp',
  composite: 'plugin',
}

const keyOf = (type: string, path: string): string => `${type} ${path}`

/** `commands/git/x.md` -> `git/x`, `skills/demo/` -> `demo`. */
const stem = (path: string): string =>
  path
    .replace(/^\.?\/+|\/+$/g, '')
    .replace(/^[^/]+\//, '')
    .replace(/\.(?:md|txt|json|ya?ml)$/, '')

function fill(run: ScanRun, artifact: ScannedArtifact, entry: Entry | undefined): void {
  if (!entry) return
  const metadata = recordAt(entry, 'metadata')
  const tags = [...artifact.tags, ...stringList(entry.tags), ...stringList(metadata.tags)]
  artifact.tags = [...new Set(tags)]
  artifact.title ??= textOf(metadata.title)
  artifact.description ??= textOf(metadata.description)
  const upstream = textOf(entry.upstream)
  artifact.source ??= (upstream && gitSource(upstream)) ?? textOf(entry.origin)
  artifact.deployedVersion =
    textOf(entry.resolved_version) ?? textOf(metadata.version) ?? artifact.deployedVersion ?? commitOf(entry)
  const place = upstream && placeOf(upstream, textOf(entry.version_spec))
  if (place) {
    const commit = textOf(entry.resolved_sha)
    const installed = {
      place,
      version: textOf(entry.resolved_version),
      ...(commit !== null && /^[0-9a-f]{40}$/.test(commit) && { commit }),
    }
    const path = join(run.unit.path, artifact.relPath)
    artifact.origin = originOf(path, installed, null, run.env, run.counters)
  }
  const origin = textOf(entry.origin)
  if (origin) artifact.metadata.origin = origin
  const wanted = textOf(entry.version_spec)
  if (wanted) artifact.metadata.versionSpec = wanted
}

/** The address names the commit it was taken from; what is followed is what the user asked for. */
function placeOf(upstream: string, wanted: string | null): UpstreamPlace {
  const place = gitPlace(upstream)
  if (typeof place.source === 'string' || !('ref' in place.source)) return place
  const { ref } = place.source
  const followed = wanted ?? (ref !== null && /^[0-9a-f]{40}$/.test(ref) ? null : ref)
  return gitPlace(upstream, { ref: followed })
}

const commitOf = (entry: Entry): string | null => {
  const commit = textOf(entry.resolved_sha)
  return commit && shortCommit(commit)
}
