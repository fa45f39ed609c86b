import type { ArtifactType } from '../../../protocol/vocabulary.ts'
import { formatCount } from './format.ts'
import { typeNames, typePlurals } from './words.ts'

/** `1 skill`, `3 MCP servers`, `2 memory files`: for sentences. */
export function typeCount(type: ArtifactType, count: number): string {
  const name = count === 1 ? typeNames[type] : typePlurals[type]
  const word = type === 'mcp' ? name : name.toLowerCase()
  return `${formatCount(count)} ${type === 'memory' ? (count === 1 ? 'memory file' : 'memory files') : word}`
}
