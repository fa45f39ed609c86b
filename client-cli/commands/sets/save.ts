import { defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'

export const setsSaveCommand = defineCommand({
  name: 'sets save',
  summary: 'Make a deployment set, or replace it',
  examples: [
    ['smd sets save base code-review agent:helper', 'Two artifacts of the active collection'],
    ['smd sets save backend api-errors --set base', 'One more, and everything of another set'],
  ],
  args: {
    name: { type: 'string', positional: true, required: true, describe: 'Name of the set' },
    artifact: {
      type: 'string',
      positional: true,
      many: true,
      describe: 'Names, or type:name',
      complete: 'artifact',
    },
    set: { type: 'string', many: true, describe: 'Another set whose artifacts belong to it, too' },
    description: { type: 'string', alias: 'd', describe: 'What it is for' },
    collection: { type: 'string', alias: 'c', describe: 'Of this collection (default: the active one)' },
  },
  async run({ call, io }, { name, artifact = [], set = [], description = '', collection }) {
    const saved = await call('sets.save', {
      name,
      artifacts: artifact,
      sets: set,
      description,
      ...(collection !== undefined && { collection }),
    })
    if (io.json) return io.value(saved)
    const { artifacts, sets } = saved.set
    const holds = [
      plural(artifacts.length, 'artifact'),
      ...(sets.length > 0 ? [plural(sets.length, 'set')] : []),
    ]
    io.line(`${saved.created ? 'Made' : 'Replaced'}: ${name} (${holds.join(', ')})`)
    io.note(`Deploy it with: smd deploy --set ${name}`)
  },
})
