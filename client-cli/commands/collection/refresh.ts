import { defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'

export const collectionRefreshCommand = defineCommand({
  name: 'collection refresh',
  summary: 'Bring titles, descriptions and the like in the manifest in line with the files',
  examples: [['smd collection refresh --dry-run', 'Only say what differs, is missing or not listed']],
  args: {
    name: { type: 'string', positional: true, describe: 'The collection (default: the active one)' },
    'dry-run': { type: 'boolean', describe: 'Change nothing' },
  },
  async run({ call, io }, { name, 'dry-run': dryRun = false }) {
    const refreshed = await call('collections.refresh', { ...(name !== undefined && { name }), dryRun })
    if (io.json) return io.value({ ...refreshed, dryRun })
    const { changed, missing, untracked } = refreshed
    for (const each of changed)
      io.line(`${dryRun ? 'differs' : 'changed'}  ${each.type} ${each.name}: ${each.fields.join(', ')}`)
    for (const each of missing) io.line(`missing  ${each.type} ${each.name}`)
    for (const path of untracked) io.line(`unlisted ${path}`)
    const total = changed.length + missing.length + untracked.length
    io.note(
      total === 0
        ? `${refreshed.name} is in line with its files.`
        : `${plural(total, 'difference')} in ${refreshed.name}.`,
    )
  },
})
