/** What hooks and MCP servers have in common: an artifact that is a part of a file. */
import { isAbsolute, relative, sep } from 'node:path'
import type { ArtifactScope, ArtifactType } from '../../../../protocol/vocabulary.ts'
import type { ArtifactOrigin } from '../../upstream/index.ts'
import { diagnose } from './diagnostics.ts'
import { canonicalJson, fingerprint, sha256 } from './json-values.ts'
import type { Diagnostic, ScannedArtifact, ScanUnit } from './types.ts'

/** The file, or the part of one, that artifacts are taken from. */
export type ConfigSource = {
  unit: ScanUnit
  host: string
  scope: ArtifactScope
  /** As in `ScannedArtifact`. */
  relPath: string
  /** Unix ms. */
  modifiedAt: number
  /** Changes with the file; empty when the file's stat says nothing (`~/.claude.json` is rewritten all the time). */
  signature: string
  /** Where the file came from and its version, when the unit knows: of a plugin. */
  source?: string | null
  deployedVersion?: string | null
}

export type ConfigPart = {
  type: ArtifactType
  name: string
  fragment: string
  /** As written in the file; only its hash and size are kept. */
  value: unknown
  description: string | null
  source?: string | null
  deployedVersion?: string | null
  origin?: ArtifactOrigin | undefined
  metadata: Record<string, unknown>
  diagnostics: Diagnostic[]
}

/** Path of a file relative to its unit, `/`-separated; absolute when it lies outside. */
export function unitRelative(unitPath: string, file: string): string {
  const rel = relative(unitPath, file)
  if (rel === '' || rel === '..' || rel.startsWith(`..${sep}`) || isAbsolute(rel)) return file
  return sep === '/' ? rel : rel.replaceAll(sep, '/')
}

/** Puts an artifact together. Its `statSig` covers everything a reader can see, so equal means nothing to write. */
export function configArtifact(source: ConfigSource, part: ConfigPart): ScannedArtifact {
  const json = canonicalJson(part.value)
  const diagnostics =
    json === null
      ? [...part.diagnostics, diagnose('config.wrong_type', 'nested too deeply')]
      : part.diagnostics
  const artifact: ScannedArtifact = {
    type: part.type,
    scope: source.scope,
    name: part.name,
    host: source.host,
    relPath: source.relPath,
    fragment: part.fragment,
    title: null,
    description: part.description,
    tags: [],
    source: part.source ?? source.source ?? null,
    deployedVersion: part.deployedVersion ?? (part.source ? null : (source.deployedVersion ?? null)),
    ...(part.origin && { origin: part.origin }),
    upstreamVersion: null,
    isOutdated: false,
    localModified: false,
    hash: json === null ? null : sha256(json),
    sizeBytes: json === null ? 0 : Buffer.byteLength(json),
    tokens: 0,
    modifiedAt: source.modifiedAt,
    statSig: '',
    diagnostics,
    metadata: part.metadata,
  }
  artifact.statSig = fingerprint(`${source.signature}\0${JSON.stringify({ ...artifact, modifiedAt: 0 })}`)
  return artifact
}

/** Drops what is undefined or null, so that metadata stays small. */
export const compact = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined && value !== null))
