import type { ResultOf } from '../../../protocol/methods.ts'
import { defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'

type Held = ResultOf<'collections.show'>['artifacts'][number]

export const collectionShowCommand = defineCommand({
  name: 'collection show',
  summary: 'Show what a collection holds: versions, tags, where each came from',
  examples: [
    ['smd collection show', 'The active one'],
    ['smd collection show work --check', 'And which copies were changed by hand'],
  ],
  args: {
    name: { type: 'string', positional: true, describe: 'The collection (default: the active one)' },
    check: { type: 'boolean', describe: 'Compare what lies there with the lock' },
  },
  async run({ call, io }, { name, check = false }) {
    const shown = await call('collections.show', { ...(name !== undefined && { name }), check })
    if (io.json) return io.value(shown)
    const { artifacts } = shown
    io.note(
      `${shown.name}${shown.active ? ' (active)' : ''}: ${plural(artifacts.length, 'artifact')} in ${shown.path}`,
    )
    if (artifacts.length === 0) return io.note('Fill it with: smd add skill OWNER/REPO/PATH')
    await io.table<Held>(artifacts, [
      { title: 'NAME', text: (a) => a.name, style: () => 'bold', shrink: 12 },
      { title: 'TYPE', text: (a) => a.type },
      { title: 'VERSION', text: (a) => a.version ?? a.resolvedSha?.slice(0, 7) ?? '-' },
      { title: 'STATE', text: stateText, style: (a) => (a.state === 'missing' ? 'red' : 'dim') },
      { title: 'TAGS', text: (a) => a.tags.join(', ') || '-', shrink: 10, drop: 1 },
      { title: 'ORIGIN', text: (a) => a.upstream ?? a.origin, style: () => 'dim', shrink: 16, drop: 2 },
    ])
  },
})

const stateText = ({ state }: Held): string =>
  state === 'current' ? 'ok' : state === 'unknown' ? '-' : state
