import { SmdError } from '../../../../../protocol/errors.ts'
import { memberResolver } from '../../../cache/scan/index.ts'
import { kindOf, type ManifestTables } from '../library/manifest.ts'

/** `type:name` of what is meant. Errors: `label.unknown_artifact`, `label.ambiguous_artifact`. */
export function resolveArtifacts(
  collection: string,
  { artifacts }: Pick<ManifestTables, 'artifacts'>,
  refs: readonly string[],
): string[] {
  const known = artifacts.map(({ name, type }) => ({ name, type: kindOf(type) }))
  const resolve = memberResolver(known)
  const keys = refs.map((artifact) => {
    const { type, name, isResolved } = resolve(artifact)
    if (isResolved) return `${type}:${name}`
    const candidates = known.filter((each) => each.name.toLowerCase() === artifact.toLowerCase())
    if (candidates.length === 0) throw new SmdError('label.unknown_artifact', { collection, artifact })
    throw new SmdError('label.ambiguous_artifact', {
      collection,
      artifact,
      candidates: candidates.map((each) => `${each.type}:${each.name}`),
    })
  })
  return [...new Set(keys)]
}

export const keyOf = ({ type, name }: { type: string; name: string }): string => `${kindOf(type)}:${name}`
