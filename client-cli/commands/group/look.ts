import { defineCommand } from '../../command.ts'
import { collectionArg, inCollection } from '../snapshots/snapshot-text.ts'
import { countText, type Group, groupArg, showGroup } from './group-text.ts'

export const groupListCommand = defineCommand({
  name: 'group list',
  summary: 'List the groups of all collections in their order',
  groupDefault: true,
  examples: [
    ['smd group list -c work', 'Of one collection'],
    ['smd group list --artifact skill:demo', 'Those with an artifact'],
  ],
  args: {
    collection: { type: 'string', alias: 'c', describe: 'Only those of this collection' },
    search: { type: 'string', describe: 'Only those with this in name or description' },
    artifact: { type: 'string', describe: 'Only those with this artifact' },
  },
  async run({ call, io }, { collection, search, artifact }) {
    const { items, total } = await call('groups.list', {
      ...inCollection(collection),
      ...(search !== undefined && { search }),
      ...(artifact !== undefined && { artifact }),
    })
    if (io.json) return io.value({ items, total })
    if (total === 0) return io.note('No groups. Make one with: smd group create NAME')
    await io.table<Group>(items, [
      { title: 'COLLECTION', text: ({ collection: name }) => name },
      { title: 'GROUP', text: ({ name }) => name, style: () => 'bold', shrink: 20 },
      { title: 'HOLDS', text: countText },
      { title: 'COLOUR', text: ({ color }) => color },
      { title: 'DESCRIPTION', text: ({ description }) => description || '-', shrink: 20 },
    ])
  },
})

export const groupShowCommand = defineCommand({
  name: 'group show',
  summary: 'Show a group with its members in their order',
  examples: [['smd group show Reviews', 'Of the active collection']],
  args: { name: groupArg, collection: collectionArg },
  async run({ call, io }, { name, collection }) {
    showGroup(io, await call('groups.show', { ...inCollection(collection), name }))
  },
})
