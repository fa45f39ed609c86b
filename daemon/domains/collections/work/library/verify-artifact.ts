import { SmdError } from '../../../../../protocol/errors.ts'
import type { WorkTools } from '../tools.ts'
import { withFetched } from './fetch.ts'
import { type AddedType, inspectArtifact } from './inspect.ts'
import { nameOfSource, readSource } from './source.ts'

export type Verified = {
  source: string
  valid: boolean
  /** Why not; null when it is valid. */
  reason: string | null
  type: AddedType | null
  name: string | null
  resolvedSha: string | null
  warnings: string[]
}

/** Says whether a source holds an artifact of this type, without keeping anything. Errors: as `withFetched`, `readSource`. */
export async function verifyArtifact(
  tools: WorkTools,
  { spec, type }: { spec: string; type: AddedType | null },
): Promise<Verified> {
  const from = readSource(spec, tools)
  const source = nameOfSource(from)
  try {
    return await withFetched(tools, from, type, async ({ path, provenance }) => {
      const resolvedSha = typeof provenance.resolved_sha === 'string' ? provenance.resolved_sha : null
      const { type: found, name, warnings } = await inspectArtifact(path, type, source)
      return { source, valid: true, reason: null, type: found, name, resolvedSha, warnings }
    })
  } catch (error) {
    if (!(error instanceof SmdError) || error.slug !== 'collection.not_an_artifact') throw error
    const reason = String(error.details.reason)
    return { source, valid: false, reason, type: null, name: null, resolvedSha: null, warnings: [] }
  }
}
