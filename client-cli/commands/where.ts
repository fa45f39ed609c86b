import type { ResultOf } from '../../protocol/methods.ts'
import { artifactTypes } from '../../protocol/vocabulary.ts'
import { defineCommand } from '../command.ts'
import { formatAge, plural } from '../format/values.ts'
import { fetchPages } from '../pages.ts'
import { stateOf } from './artifact-table.ts'

type Place = ResultOf<'artifacts.where'>['items'][number]

export const whereCommand = defineCommand({
  name: 'where',
  summary: 'Say which projects have an artifact, in which version, and which copies are the same',
  examples: [
    ['smd where code-review', 'Every place, with equal contents marked by the same letter'],
    ['smd where github --type mcp --json', 'Servers of this name, for a script'],
  ],
  args: {
    name: {
      type: 'string',
      positional: true,
      required: true,
      describe: 'Name of the artifact',
      complete: 'artifact',
    },
    type: { type: 'string', alias: 't', choices: artifactTypes, describe: 'Only artifacts of this type' },
  },
  async run({ call, io }, { name, type }) {
    const which = type === undefined ? { name } : { name, type }
    const found = await fetchPages<Place, ResultOf<'artifacts.where'>>((page) =>
      call('artifacts.where', { ...which, ...page }),
    )
    if (io.json) return io.value(found)
    const { items, variants } = found
    const groups = groupContents(items)
    const now = Date.now()
    await io.table<Place>(items, [
      { title: 'PROJECT', text: (p) => p.project?.name ?? '-', style: () => 'bold', shrink: 12 },
      { title: 'TYPE', text: (p) => p.type, drop: 4 },
      { title: 'SCOPE', text: (p) => p.scope },
      { title: 'VERSION', text: (p) => p.deployedVersion ?? '-', shrink: 8, drop: 1 },
      { title: 'STATE', text: stateOf, style: (p) => (stateOf(p) === 'ok' ? 'dim' : 'yellow') },
      { title: 'CONTENT', text: (p) => groups.get(p.hash ?? '') ?? '-', drop: 2 },
      { title: 'CHANGED', text: (p) => formatAge(p.updatedAt, now), drop: 3 },
      { title: 'PATH', text: (p) => p.path, style: () => 'dim', shrink: 20, drop: 5 },
    ])
    if (items.length > 1) io.note(summary(items, variants, groups))
  },
})

/** A letter for each content, the most frequent one first: A, B, … Z, AA, … */
export function groupContents(places: ReadonlyArray<Pick<Place, 'hash'>>): Map<string, string> {
  const counts = new Map<string, number>()
  for (const { hash } of places) if (hash !== null) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  const ranked = [...counts].toSorted(([, a], [, b]) => b - a)
  return new Map(ranked.map(([hash], i) => [hash, letters(i)]))
}

function letters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last
}

function summary(items: readonly Place[], variants: number, groups: ReadonlyMap<string, string>): string {
  const places = plural(items.length, 'place')
  if (variants <= 1) return `${places}, all with the same content.`
  const parts = [...groups].slice(0, 5).map(([hash, letter]) => {
    return `${letter} in ${plural(items.filter((item) => item.hash === hash).length, 'place')}`
  })
  return `${places}, ${variants} different contents: ${parts.join(', ')}${groups.size > 5 ? ', …' : ''}.`
}
