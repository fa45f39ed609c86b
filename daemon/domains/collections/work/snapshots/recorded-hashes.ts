import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SmdError } from '../../../../../protocol/errors.ts'
import { decodeToml, parseToml } from '../../../../kernel/config/toml.ts'
import { isTable } from '../../../../kernel/config/value.ts'

/** H1 of what smd, or SkillMeat, last wrote in a place of a collection, by place. */
export type RecordedHashes = ReadonlyMap<string, string>

/** From manifest and lock; what cannot be read records nothing. */
export async function readRecordedHashes(root: string): Promise<RecordedHashes> {
  const { artifacts } = await readToml(join(root, 'collection.toml'))
  const { lock } = await readToml(join(root, 'collection.lock'))
  const entries = isTable(lock) && isTable(lock.entries) ? lock.entries : {}
  const hashes = new Map<string, string>()
  for (const row of Array.isArray(artifacts) ? artifacts : []) {
    if (!isTable(row) || typeof row.path !== 'string') continue
    const entry = entries[`${row.name}::${row.type}`]
    if (isTable(entry) && typeof entry.content_hash === 'string')
      hashes.set(row.path.replace(/\/+$/, ''), entry.content_hash)
  }
  return hashes
}

async function readToml(file: string): Promise<Record<string, unknown>> {
  try {
    return parseToml(decodeToml(await readFile(file), file).text, file).data
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (isAbsent || error instanceof SmdError) return {}
    throw error
  }
}
