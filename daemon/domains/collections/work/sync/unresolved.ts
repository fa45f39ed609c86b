import {
  LOCAL_MARKER,
  MAX_MERGE_BYTES,
  type MergeSide,
  REMOTE_MARKER,
  type TreeMerge,
} from '../merge/index.ts'

/** A file that would come in while somebody has not yet decided what it shall be; null when there is none. */
export async function unresolvedIn({ files }: TreeMerge, incoming: MergeSide): Promise<string | null> {
  for (const { remote, local, choice } of files) {
    if (remote?.kind !== 'file' || remote.sizeBytes > MAX_MERGE_BYTES) continue
    if (remote.digest === local?.digest || choice === 'ours' || choice === 'base') continue
    const lines = (await incoming.read(remote)).toString('latin1').split(/\r?\n/)
    if (lines.includes(LOCAL_MARKER) && lines.includes(REMOTE_MARKER)) return remote.path || 'It'
  }
  return null
}
