/** Deployment records of a project (formats spec section 7), as far as keeping in step needs them. */
import { readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { decodeToml, parseToml } from '../../../../kernel/config/toml.ts'
import { isTable } from '../../../../kernel/config/value.ts'

/** One record; `row` is all that the file says of it. */
export type DeploymentRecord = {
  name: string
  type: string
  collection: string
  profile: string
  /** Folder of the record's file, which the path is relative to, e.g. `.claude`. */
  root: string
  artifactPath: string
  /** H1 of what was deployed, 64 hex. */
  base: string
  row: Readonly<Record<string, unknown>>
}

export type RecordFile = {
  /** Its folder's real path and its name. */
  path: string
  /** As it lies on the disk. */
  text: string
  /** The same in two: TOML knows no byte order mark. */
  bom: string
  toml: string
  /** All rows, also those that say too little to be a record. */
  rows: ReadonlyArray<Record<string, unknown>>
  records: DeploymentRecord[]
}

const FILE = '.skillmeat-deployed.toml'

/** Types that other programs spell differently (formats spec section 9). */
const typeNames: Readonly<Record<string, string>> = {
  mcp_server: 'mcp',
  'mcp-server': 'mcp',
  mcpserver: 'mcp',
}

/** All record files of a project. Errors: `sync.bad_records`. */
export async function readRecordFiles(project: string): Promise<RecordFile[]> {
  const names = await readdir(project).catch(unlessAbsent)
  const files: RecordFile[] = []
  for (const root of (names ?? []).filter((name) => name.startsWith('.')).sort()) {
    const folder = await realpath(join(project, root)).catch(unlessAbsent)
    const bytes = folder && (await readFile(join(folder, FILE)).catch(unlessAbsent))
    if (folder && bytes) files.push(readRecordFile(project, root, join(folder, FILE), bytes))
  }
  return files
}

function readRecordFile(project: string, root: string, path: string, bytes: Buffer): RecordFile {
  try {
    const { text: toml, bom } = decodeToml(bytes, path)
    const { deployed } = parseToml(toml, path).data
    const rows = Array.isArray(deployed) ? deployed.filter(isTable) : []
    const records = rows.flatMap((row) => toRecord(row, root) ?? [])
    return { path, text: bom + toml, bom, toml, rows, records }
  } catch (error) {
    if (!(error instanceof SmdError)) throw error
    throw new SmdError('sync.bad_records', { project, reason: error.message, file: path }, { cause: error })
  }
}

function toRecord(row: Readonly<Record<string, unknown>>, root: string): DeploymentRecord | null {
  const text = (key: string): string | null => {
    const value = row[key]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const [name, type, collection] = [text('artifact_name'), text('artifact_type'), text('from_collection')]
  const [artifactPath, base] = [text('artifact_path'), text('content_hash') ?? text('collection_sha')]
  if (!name || !type || !collection || !artifactPath || !base || !/^[0-9a-f]{64}$/i.test(base)) return null
  return {
    name,
    type: typeNames[type] ?? type,
    collection,
    profile: text('deployment_profile_id') ?? 'claude_code',
    root,
    artifactPath: artifactPath.replaceAll('\\', '/'),
    base: base.toLowerCase(),
    row,
  }
}

function unlessAbsent(error: unknown): null {
  if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
  throw error
}
