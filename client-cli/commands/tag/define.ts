import { ExitCode, SmdError } from '../../../protocol/errors.ts'
import { findTag } from '../../../protocol/tag-names.ts'
import { defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'
import { colorArg, noteNotWritten, readColor, tagLine } from './tag-text.ts'

const tagArg = {
  type: 'string',
  positional: true,
  required: true,
  describe: 'Name or slug of the tag',
} as const
const slugArg = {
  type: 'string',
  describe: 'Its name in addresses: lowercase letters, digits, single hyphens',
} as const
const descriptionArg = { type: 'string', mayBeEmpty: true, describe: 'What it is for' } as const

export const tagCreateCommand = defineCommand({
  name: 'tag create',
  summary: 'Define a tag, in all collections',
  examples: [['smd tag create "Web tools" --color "#22c55e"', 'The slug is web-tools then']],
  args: {
    name: { type: 'string', positional: true, required: true, describe: 'Name of the tag' },
    slug: slugArg,
    color: colorArg,
    description: descriptionArg,
  },
  async run({ call, io }, { name, slug, color, description }) {
    const answer = await call('tags.create', {
      name,
      ...(slug !== undefined && { slug }),
      ...(color !== undefined && { color: readColor(color) }),
      ...(description !== undefined && { description }),
    })
    if (io.json) return io.value(answer)
    io.line(`Defined: ${tagLine(answer.tag)}`)
    noteNotWritten(io, answer.notWritten)
  },
})

export const tagUpdateCommand = defineCommand({
  name: 'tag update',
  summary: 'Change a tag in all collections, and on artifacts that have it',
  examples: [['smd tag update web-tools --name Web', 'Another name, also on artifacts']],
  args: {
    tag: tagArg,
    name: { type: 'string', describe: 'Its new name' },
    slug: slugArg,
    color: colorArg,
    description: descriptionArg,
  },
  async run({ call, io }, { tag, name, slug, color, description }) {
    const answer = await call('tags.update', {
      tag,
      ...(name !== undefined && { name }),
      ...(slug !== undefined && { slug }),
      ...(color !== undefined && { color: readColor(color) }),
      ...(description !== undefined && { description }),
    })
    if (io.json) return io.value(answer)
    io.line(`Changed: ${tagLine(answer.tag)}, on ${plural(answer.tag.artifactCount, 'artifact')}`)
    noteNotWritten(io, answer.notWritten)
  },
})

export const tagDeleteCommand = defineCommand({
  name: 'tag delete',
  summary: 'Forget a tag in all collections, and take it off artifacts',
  examples: [
    ['smd tag delete web-tools --dry-run', 'How many artifacts have it'],
    ['smd tag delete web-tools --yes', 'Without being asked, for a script'],
  ],
  args: {
    tag: tagArg,
    'dry-run': { type: 'boolean', describe: 'Print what would be done, and do nothing' },
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask' },
  },
  async run({ call, io }, { tag: text, 'dry-run': dryRun, yes }) {
    if (dryRun || !yes) {
      const { items } = await call('tags.list', {})
      const tag = findTag(items, text)
      if (!tag) throw new SmdError('tag.not_found', { tag: text })
      const what = `${tagLine(tag)} goes from ${plural(tag.artifactCount, 'artifact')}`
      if (dryRun) {
        if (io.json) io.value({ dryRun: true, tag })
        else io.line(what)
        return ExitCode.ok
      }
      const answer = await io.confirm(`${what}. Go on?`)
      if (answer === null) throw new SmdError('cli.confirmation_needed', { action: 'Deleting a tag' })
      if (!answer) {
        io.note('Nothing was changed.')
        return ExitCode.failure
      }
    }
    const answer = await call('tags.delete', { tag: text })
    if (io.json) io.value(answer)
    else {
      io.line(`Forgotten: ${tagLine(answer.tag)}, on ${plural(answer.tag.artifactCount, 'artifact')}`)
      io.note('Take it back with: smd rollback (see smd snapshots)')
      noteNotWritten(io, answer.notWritten)
    }
    return ExitCode.ok
  },
})
