import { type DeploymentState, deploymentStates, deploymentWord } from '../../../protocol/artifact-states.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import { defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'
import { projectRef } from '../filters.ts'

const states = deploymentStates.map(deploymentWord)
const stateOf = (word: string): DeploymentState =>
  deploymentStates[states.indexOf(word)] ?? (word as DeploymentState)

/** So many rows at a time; all are printed. */
const PAGE = 5_000

type Item = ResultOf<'deployments.list'>['items'][number]

export const deploymentsCommand = defineCommand({
  name: 'deployments',
  summary: 'List what was deployed where, and how it stands to its collection',
  examples: [
    ['smd deployments --project .', 'Of the project you are in'],
    ['smd deployments --state conflict', 'Edited here and changed in the collection'],
    ['smd deployments --state untracked', 'What no collection knows of'],
  ],
  args: {
    project: {
      type: 'string',
      alias: 'p',
      describe: 'Only of this project: path, name or id',
      complete: 'project',
    },
    state: { type: 'string', choices: states, describe: 'Only in this state' },
    collection: { type: 'string', alias: 'c', describe: 'Only from this collection' },
    profile: { type: 'string', describe: 'Only for this agent' },
    type: { type: 'string', alias: 't', describe: 'Only artifacts of this type' },
  },
  async run({ call, io, cwd }, { project, state, collection, profile, type }) {
    const filter = {
      ...(project !== undefined && { project: projectRef(project, cwd) }),
      ...(state !== undefined && { state: stateOf(state) }),
      ...(collection !== undefined && { collection }),
      ...(profile !== undefined && { profile }),
      ...(type !== undefined && { type }),
    }
    const first = await call('deployments.list', { ...filter, limit: PAGE })
    const items = first.items
    while (items.length < first.total) {
      const { items: more } = await call('deployments.list', { ...filter, limit: PAGE, offset: items.length })
      if (more.length === 0) break
      items.push(...more)
    }
    if (io.json) return io.value({ items, total: first.total, states: first.states })
    await io.table<Item>(items, [
      { title: 'NAME', text: (d) => d.name, style: () => 'bold', shrink: 16 },
      { title: 'TYPE', text: (d) => d.type, drop: 3 },
      { title: 'PROJECT', text: (d) => d.project?.name ?? '(all)', shrink: 12 },
      { title: 'PROFILE', text: (d) => d.profile ?? '-', drop: 2 },
      { title: 'COLLECTION', text: (d) => d.collection ?? '-', drop: 1 },
      {
        title: 'STATE',
        text: (d) => deploymentWord(d.state),
        style: (d) => (['current', 'untracked'].includes(d.state) ? 'dim' : 'yellow'),
      },
    ])
    const counts = Object.entries(first.states).map(
      ([name, count]) => `${count} ${deploymentWord(name as DeploymentState)}`,
    )
    io.note(
      items.length === 0
        ? Object.keys(filter).length > 0
          ? 'Nothing of that kind is deployed.'
          : 'Nothing is deployed yet. Deploy to the project you are in with: smd deploy NAME'
        : `${plural(first.total, 'deployment')}${state === undefined ? `: ${counts.join(', ')}` : ''}.`,
    )
  },
})
