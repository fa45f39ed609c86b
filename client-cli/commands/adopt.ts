import { ExitCode } from '../../protocol/errors.ts'
import type { ResultOf } from '../../protocol/methods.ts'
import { defineCommand } from '../command.ts'
import { plural } from '../format/values.ts'
import type { Io } from '../io.ts'
import { filterArgs, projectRef } from './filters.ts'

export const adoptCommand = defineCommand({
  name: 'adopt',
  summary: 'Take artifacts that others put into a project into a collection, without moving them',
  examples: [
    ['smd adopt --dry-run', 'What of the project you are in can be adopted, and why not the rest'],
    ['smd adopt review ship -p api', 'Two skills; their lock files stay as they are'],
  ],
  args: {
    name: {
      type: 'string',
      positional: true,
      many: true,
      describe: 'Names; all that can be adopted without them',
      complete: 'artifact',
    },
    project: {
      ...filterArgs.project,
      describe: 'Of this project: path, name or id (default: the one you are in)',
    },
    collection: { type: 'string', alias: 'c', describe: 'Into this collection (default: the active one)' },
    'dry-run': { type: 'boolean', alias: 'n', describe: 'Only say what could be adopted' },
  },
  async run({ call, io, cwd }, { name, project = '.', collection, 'dry-run': dryRun }) {
    const done = await call('collections.adopt', {
      project: projectRef(project, cwd),
      collection,
      dryRun,
      ...(name && name.length > 0 && { artifacts: name }),
    })
    if (io.json) io.value(done)
    else print(io, done, dryRun ?? false)
    const isMissed = name !== undefined && done.items.some(({ action }) => action === 'skip')
    return isMissed ? ExitCode.conflict : ExitCode.ok
  },
})

function print(io: Io, { items, operations }: ResultOf<'collections.adopt'>, dryRun: boolean): void {
  for (const { name, type, path, source, action, reason } of items) {
    if (action === 'adopt') io.line(`+ ${type} ${name}  ${path}${source === null ? '' : `  (${source})`}`)
    else io.line(io.paint('dim', `  ${type} ${name}: ${reason}`))
  }
  const count = items.filter(({ action }) => action === 'adopt').length
  if (count === 0) io.note('Nothing here can be adopted.')
  else {
    const verb = dryRun ? 'can be' : count === 1 ? 'was' : 'were'
    io.note(`${plural(count, 'artifact')} ${verb} adopted; nothing was moved.`)
  }
  if (operations.length > 0) io.note(`Take it back with: smd undo, ${plural(operations.length, 'time')}`)
}
