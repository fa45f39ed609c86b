/** Lock files of other managers: where an installed artifact came from (ecosystem spec 5 and 6). Read only. */

import { redactUrl } from '../../../kernel/secrets/redact.ts'
import { diagnose } from './diagnostics.ts'
import { isRecord, ownValue, recordAt, shorten, stringList, textOf } from './json-values.ts'
import { folderOfSkillPath, gitSource, shortCommit } from './source-text.ts'
import type { Diagnostic } from './types.ts'
import { gitPlace, localPlace, type UpstreamPlace, unsupported } from './upstream-place.ts'

/** What a lock says of one artifact. */
export type LockEntry = {
  managedBy: 'skills' | 'rulesync' | 'apm' | 'skillshare'
  source: string | null
  version: string | null
  /** `computedHash` of the skills CLI. */
  folderHash?: string
  /** SHA-256 by path within the artifact; '' = the artifact is this file. */
  fileHashes?: Record<string, string>
  /** Where to ask for news. */
  place: UpstreamPlace
  /** What was installed, as far as the lock says it: a commit, and the id of the folder's git tree, 40 hex each. */
  commit?: string
  tree?: string
}

export type Lock = {
  /** By folder name of a skill. */
  skills: Map<string, LockEntry>
  /** By path relative to the unit: a file, or a folder with all it holds. */
  paths: Map<string, LockEntry>
  diagnostics: Diagnostic[]
}

const emptyLock = (): Lock => ({ skills: new Map(), paths: new Map(), diagnostics: [] })

/** Folder a skill is installed to (ecosystem spec 5.3). */
const installFolder = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 255) || 'unnamed-skill'

/** `skills-lock.json` (version 1) and `.skill-lock.json` (version 3); other versions as far as they look alike. */
export function readSkillsLock(value: unknown, expectedVersion: number): Lock {
  const lock = emptyLock()
  const version = ownValue(value, 'version')
  if (version !== expectedVersion) {
    lock.diagnostics.push(diagnose('record.unknown_version', shorten(JSON.stringify(version) ?? 'none', 40)))
  }
  for (const [name, entry] of Object.entries(recordAt(value, 'skills'))) {
    if (!isRecord(entry)) {
      lock.diagnostics.push(diagnose('record.bad_entry', shorten(name, 100)))
      continue
    }
    const recorded = textOf(ownValue(entry, 'skillFolderHash'))
    // The global lock keeps git's id of folders on GitHub, and the same hash as project locks of others
    const folderHash = textOf(ownValue(entry, 'computedHash')) ?? recorded
    lock.skills.set(installFolder(name), {
      managedBy: 'skills',
      source: skillSource(entry),
      version: textOf(ownValue(entry, 'pinnedRef')) ?? textOf(ownValue(entry, 'ref')),
      ...(folderHash && /^[0-9a-f]{64}$/i.test(folderHash) && { folderHash }),
      place: skillPlace(entry),
      ...objectId('tree', recorded),
    })
  }
  return lock
}

function skillSource(entry: Record<string, unknown>): string | null {
  const text = (key: string): string | null => textOf(ownValue(entry, key))
  const source = text('source')
  const address = text('sourceUrl') ?? source
  const version = text('pinnedRef') ?? text('ref')
  const path = text('skillPath') === null ? null : folderOfSkillPath(text('skillPath') as string)
  switch (text('sourceType')) {
    case 'local':
      return source && `local:${shorten(source, 500)}`
    case 'node_modules':
      return source && `npm:${shorten(source, 200)}`
    case 'well-known':
      return address && `well-known:${shorten(redactUrl(address), 500)}`
    case 'github':
      return (source ?? address) && gitSource((source ?? address) as string, { path, version })
    default:
      return address && gitSource(address, { path, version })
  }
}

function skillPlace(entry: Record<string, unknown>): UpstreamPlace {
  const text = (key: string): string | null => textOf(ownValue(entry, key))
  const skillPath = text('skillPath')
  const path = skillPath === null ? null : folderOfSkillPath(skillPath)
  const address = text('sourceUrl') ?? text('source')
  switch (text('sourceType')) {
    case 'local':
      return localPlace(text('source') ?? '', path)
    case 'node_modules':
    case 'well-known':
      return unsupported
    default: {
      const ref = text('pinnedRef') ?? text('ref')
      return address === null ? unsupported : gitPlace(address, { path, ...(ref !== null && { ref }) })
    }
  }
}

const objectId = <Key extends string>(key: Key, value: string | null): { [Name in Key]?: string } =>
  value !== null && /^[0-9a-f]{40}$/i.test(value)
    ? ({ [key]: value.toLowerCase() } as { [Name in Key]?: string })
    : {}

/** `rulesync.lock`: skills by source. */
export function readRulesyncLock(value: unknown): Lock {
  const lock = emptyLock()
  for (const [address, entry] of Object.entries(recordAt(value, 'sources'))) {
    const requested = textOf(ownValue(entry, 'requestedRef'))
    const resolved = textOf(ownValue(entry, 'resolvedRef'))
    const version = requested ?? (resolved && shortCommit(resolved))
    for (const name of Object.keys(recordAt(entry, 'skills'))) {
      lock.skills.set(installFolder(name), {
        managedBy: 'rulesync',
        source: gitSource(address, { version }),
        version,
        place: gitPlace(address, { path: null, ...(requested !== null && { ref: requested }) }),
        ...objectId('commit', resolved),
      })
    }
  }
  return lock
}

/** `apm.lock.yaml`: dependencies with the files each put into the project. */
export function readApmLock(value: unknown): Lock {
  const lock = emptyLock()
  const dependencies = ownValue(value, 'dependencies')
  const entries = Array.isArray(dependencies) ? dependencies : Object.values(recordAt(value, 'dependencies'))
  for (const [index, entry] of entries.entries()) {
    const text = (key: string): string | null => textOf(ownValue(entry, key))
    const repo = text('repo_url')
    if (repo === null) {
      lock.diagnostics.push(diagnose('record.bad_entry', `dependencies[${index}]`))
      continue
    }
    const commit = text('resolved_commit')
    const version = text('version') ?? text('resolved_ref') ?? (commit && shortCommit(commit))
    const host = text('host')
    const address = host && !repo.includes('://') && host !== 'github.com' ? `https://${host}/${repo}` : repo
    const source = gitSource(address, { path: text('virtual_path'), version })
    const hashes = recordAt(entry, 'deployed_file_hashes')
    const virtual = text('virtual_path')
    const ref = text('resolved_ref')
    for (const path of stringList(ownValue(entry, 'deployed_files'))) {
      const hash = sha256Of(ownValue(hashes, path))
      const deployed = path.replace(/^\.\//, '').replace(/\/+$/, '')
      // A package may put several things into a project; only one of them lies where the package does
      const isPackage = virtual !== null && lastPart(virtual) === lastPart(deployed)
      lock.paths.set(deployed, {
        managedBy: 'apm',
        source,
        version,
        ...(hash && { fileHashes: { '': hash } }),
        place: gitPlace(address, { path: isPackage ? virtual : null, ref: isCommit(ref) ? null : ref }),
        ...objectId('commit', commit),
      })
    }
  }
  return lock
}

/** `.metadata.json` of skillshare; `folder` is where its skills lie, relative to the unit. */
export function readSkillshareMetadata(value: unknown, folder: string): Lock {
  const lock = emptyLock()
  if (ownValue(value, 'version') !== 1) {
    lock.diagnostics.push(
      diagnose('record.unknown_version', shorten(JSON.stringify(ownValue(value, 'version')) ?? 'none', 40)),
    )
  }
  for (const [path, entry] of Object.entries(recordAt(value, 'entries'))) {
    const text = (key: string): string | null => textOf(ownValue(entry, key))
    const version = text('version') ?? text('branch')
    const address = text('repo_url') ?? text('source')
    const hashes = Object.entries(recordAt(entry, 'file_hashes')).flatMap(([file, hash]) => {
      const hex = sha256Of(hash)
      return hex ? [[file, hex] as const] : []
    })
    lock.paths.set(`${folder}/${path}`, {
      managedBy: 'skillshare',
      source: address && gitSource(address, { path: text('subdir'), version }),
      version,
      ...(hashes.length > 0 && { fileHashes: Object.fromEntries(hashes) }),
      place:
        address === null
          ? unsupported
          : gitPlace(address, { path: text('subdir') ?? '', ref: text('branch') }),
      ...objectId('tree', text('tree_hash')),
    })
  }
  return lock
}

const lastPart = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? ''

const isCommit = (ref: string | null): boolean => ref !== null && /^[0-9a-f]{40}$/i.test(ref)

const sha256Of = (value: unknown): string | null =>
  /^(?:sha256:)?([0-9a-f]{64})$/i.exec(typeof value === 'string' ? value : '')?.[1]?.toLowerCase() ?? null
