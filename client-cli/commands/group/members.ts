import { defineCommand } from '../../command.ts'
import { collectionArg, inCollection } from '../snapshots/snapshot-text.ts'
import { groupArg, membersArg, showGroup } from './group-text.ts'

const args = { group: groupArg, members: membersArg, collection: collectionArg } as const

export const groupAddCommand = defineCommand({
  name: 'group add',
  summary: 'Add artifacts to a group, or move them from another one',
  examples: [
    ['smd group add Reviews skill:demo skill:lint', 'Behind the others'],
    ['smd group add Reviews skill:demo --from Drafts --position 0', 'Out of another group, in front'],
  ],
  args: {
    ...args,
    position: { type: 'number', min: 0, describe: 'Where they stand; 0 is the first place' },
    from: { type: 'string', describe: 'A group that they leave' },
  },
  async run({ call, io }, { group, members, collection, position, from }) {
    showGroup(
      io,
      await call('groups.assign', {
        ...inCollection(collection),
        name: group,
        add: members,
        ...(position !== undefined && { position }),
        ...(from !== undefined && { from }),
      }),
    )
  },
})

export const groupRemoveCommand = defineCommand({
  name: 'group remove',
  summary: 'Take artifacts out of a group, also those that are gone',
  examples: [['smd group remove Reviews skill:demo', 'The artifact stays in the collection']],
  args,
  async run({ call, io }, { group, members, collection }) {
    showGroup(io, await call('groups.assign', { ...inCollection(collection), name: group, remove: members }))
  },
})

export const groupOrderCommand = defineCommand({
  name: 'group order',
  summary: 'Put members of a group into this order, before the others',
  examples: [['smd group order Reviews skill:lint skill:demo', 'These two first']],
  args,
  async run({ call, io }, { group, members, collection }) {
    showGroup(io, await call('groups.order', { ...inCollection(collection), name: group, members }))
  },
})
