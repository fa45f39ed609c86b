import { defineCommand } from '../../command.ts'
import { formatCount } from '../../format/values.ts'

export const collectionListCommand = defineCommand({
  name: 'collection list',
  summary: 'List your collections and which one is active',
  groupDefault: true,
  examples: [['smd collection', 'The same']],
  args: {},
  async run({ call, io }) {
    const { items } = await call('collections.list', {})
    if (io.json) return io.value({ items, total: items.length })
    if (items.length === 0) return io.note('There is no collection yet. Make one with: smd init')
    await io.table(items, [
      { title: 'NAME', text: (c) => c.name, style: () => 'bold', shrink: 12 },
      { title: 'ACTIVE', text: (c) => (c.active ? 'yes' : '') },
      { title: 'ARTIFACTS', text: (c) => formatCount(c.artifactCount), align: 'right' },
      { title: 'UPDATED', text: (c) => c.updated?.slice(0, 10) ?? '-', drop: 1 },
      {
        title: 'PATH',
        text: (c) => c.problem ?? c.path,
        style: (c) => (c.problem ? 'red' : 'dim'),
        shrink: 20,
      },
    ])
  },
})
