import { ExitCode, SmdError } from '../../../protocol/errors.ts'
import type { ParamsOf } from '../../../protocol/methods.ts'
import { defineCommand } from '../../command.ts'
import { collectionArg, inCollection } from '../snapshots/snapshot-text.ts'
import { countText, groupArg, lookArgs, showGroup } from './group-text.ts'

type Looks = Pick<ParamsOf<'groups.update'>, 'description' | 'color' | 'icon' | 'position'>

/** What was given; whether it is a colour the daemon says. */
const given = (looks: { [Key in keyof Looks]?: string | number | undefined }): Looks =>
  Object.fromEntries(Object.entries(looks).filter(([, value]) => value !== undefined)) as Looks

export const groupCreateCommand = defineCommand({
  name: 'group create',
  summary: 'Make a group of artifacts of a collection',
  examples: [['smd group create Reviews skill:code-review command:review --color rose', 'With two members']],
  args: {
    name: groupArg,
    members: {
      type: 'string',
      positional: true,
      many: true,
      describe: 'Artifacts of the collection: TYPE:NAME, or a name that only one has',
    },
    collection: collectionArg,
    ...lookArgs,
  },
  async run({ call, io }, { name, members, collection, description, color, icon, position }) {
    showGroup(
      io,
      await call('groups.create', {
        ...inCollection(collection),
        name,
        ...(members && { members }),
        ...given({ description, color, icon, position }),
      }),
    )
  },
})

export const groupUpdateCommand = defineCommand({
  name: 'group update',
  summary: 'Change what a group is called, looks like or where it stands',
  examples: [
    ['smd group update Reviews --name "Code reviews" --position 0', 'Another name, and the first place'],
  ],
  args: {
    group: groupArg,
    name: { type: 'string', describe: 'Its new name' },
    collection: collectionArg,
    ...lookArgs,
  },
  async run({ call, io }, { group, name, collection, description, color, icon, position }) {
    showGroup(
      io,
      await call('groups.update', {
        ...inCollection(collection),
        name: group,
        ...(name !== undefined && { newName: name }),
        ...given({ description, color, icon, position }),
      }),
    )
  },
})

export const groupDeleteCommand = defineCommand({
  name: 'group delete',
  summary: 'Forget a group; its artifacts stay',
  examples: [['smd group delete Reviews --yes', 'Without being asked, for a script']],
  args: {
    name: groupArg,
    collection: collectionArg,
    'dry-run': { type: 'boolean', describe: 'Print what would be done, and do nothing' },
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask' },
  },
  async run({ call, io }, { name, collection, 'dry-run': dryRun, yes }) {
    if (dryRun || !yes) {
      const group = await call('groups.show', { ...inCollection(collection), name })
      if (dryRun) {
        if (io.json) io.value({ dryRun: true, ...group })
        else showGroup(io, group)
        return ExitCode.ok
      }
      const answer = await io.confirm(`Forget the group ${name} (${countText(group)})?`)
      if (answer === null) throw new SmdError('cli.confirmation_needed', { action: 'Deleting a group' })
      if (!answer) {
        io.note('Nothing was changed.')
        return ExitCode.failure
      }
    }
    const group = await call('groups.delete', { ...inCollection(collection), name })
    if (io.json) io.value(group)
    else {
      io.line(`Forgotten: ${name} (${countText(group)})`)
      io.note(`Take it back with: smd rollback (see smd snapshots -c ${group.collection})`)
    }
    return ExitCode.ok
  },
})

export const groupCopyCommand = defineCommand({
  name: 'group copy',
  summary: 'Copy a group into another collection, or under another name',
  examples: [
    ['smd group copy Reviews --to work', 'Members that work does not have wait for their artifacts'],
  ],
  args: {
    group: groupArg,
    to: { type: 'string', describe: 'The other collection (default: the same)' },
    name: { type: 'string', describe: 'Its name there (default: the same)' },
    collection: collectionArg,
  },
  async run({ call, io }, { group, to, name, collection }) {
    showGroup(
      io,
      await call('groups.copy', {
        ...inCollection(collection),
        name: group,
        ...(to !== undefined && { to }),
        ...(name !== undefined && { newName: name }),
      }),
    )
  },
})

export const groupReorderCommand = defineCommand({
  name: 'group reorder',
  summary: 'Put groups of a collection into this order, before the others',
  examples: [['smd group reorder Reviews Deploying', 'These two first']],
  args: {
    names: { type: 'string', positional: true, required: true, many: true, describe: 'Names of groups' },
    collection: collectionArg,
  },
  async run({ call, io }, { names, collection }) {
    const answer = await call('groups.reorder', { ...inCollection(collection), names })
    if (io.json) return io.value(answer)
    for (const { position, name } of answer.items) io.line(`${position}  ${name}`)
  },
})
