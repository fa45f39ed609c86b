import { join } from 'node:path'
import type { ResultOf } from '../../../../../protocol/methods.ts'
import { recommendations } from '../../../../../protocol/sync-words.ts'
import { objectsOf } from '../operations/index.ts'
import type { WorkTools } from '../tools.ts'
import { type DeployedCopy, readCopies } from './copies.ts'

export type CheckSyncParams = { project: string; collection?: string | undefined }
export type CheckedItem = ResultOf<'sync.check'>['items'][number]

/** How every deployed artifact of a project stands to its collection. Errors: those of `readCopies`. */
export async function checkSync(
  tools: WorkTools,
  { project, collection }: CheckSyncParams,
): Promise<{ items: CheckedItem[]; warnings: string[] }> {
  const { copies, unreadable } = await readCopies(tools, objectsOf(tools), project, collection)
  return { items: copies.map(toItem), warnings: unreadable.map(({ message }) => message) }
}

const toItem = ({
  project,
  record,
  inProject,
  inCollection,
  drift,
  base,
  problem,
}: DeployedCopy): CheckedItem => ({
  name: record.name,
  type: record.type,
  collection: record.collection,
  profile: record.profile,
  path: inProject?.path ?? join(project, record.root, record.artifactPath),
  drift,
  recommendation: recommendations[drift],
  baseHash: record.base,
  collectionHash: inCollection?.own?.h1 ?? null,
  projectHash: inProject?.own?.h1 ?? null,
  hasBase: base !== null,
  problem,
})
