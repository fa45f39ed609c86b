import type { ArtifactType } from '../../protocol/vocabulary.ts'
import { plural } from './values.ts'

/** Types whose name is no word to count with. */
const words: Partial<Record<string, string>> = {
  mcp: 'MCP server',
  memory: 'memory file',
  'output-style': 'output style',
} satisfies Partial<Record<ArtifactType, string>>

/** `3 skills, 1 MCP server`; the most first. */
export function describeCounts(counts: Readonly<Partial<Record<ArtifactType, number>>>): string {
  return Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([type, n]) => countOf(type as ArtifactType, n))
    .join(', ')
}

/** `1 MCP server`, `3 skills`. */
export const countOf = (type: ArtifactType, n: number): string => plural(n, words[type] ?? type)
