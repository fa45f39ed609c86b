import { SmdError } from '../../../../protocol/errors.ts'

/** Why there is nothing of an artifact's source to compare it with; `sentence` becomes the end of another one. */
export function noUpstreamFiles(name: string, sentence: string): SmdError {
  const reason = sentence.replace(/\.$/, '').replace(/^(?:Its?|Nothing|The)\b/, (word) => word.toLowerCase())
  return new SmdError('artifact.no_upstream_files', { name, reason })
}
