import { defineCommand } from '../../command.ts'

export const setsListCommand = defineCommand({
  name: 'sets list',
  groupDefault: true,
  summary: 'List the deployment sets of a collection',
  examples: [['smd sets', 'Those of the active collection']],
  args: {
    collection: { type: 'string', alias: 'c', describe: 'Of this collection (default: the active one)' },
  },
  async run({ call, io }, { collection }) {
    const found = await call('sets.list', collection === undefined ? {} : { collection })
    if (io.json) return io.value({ ...found, total: found.items.length })
    await io.table(found.items, [
      { title: 'SET', text: (set) => set.name, style: () => 'bold' },
      {
        title: 'HOLDS',
        text: (set) => [...set.sets.map((name) => `set ${name}`), ...set.artifacts].join(', '),
        shrink: 20,
      },
      { title: 'DESCRIPTION', text: (set) => set.description, shrink: 10, drop: 1 },
    ])
    if (found.items.length === 0)
      io.note(`The collection ${found.collection} has no sets. Make one with: smd sets save NAME ARTIFACT…`)
  },
})
