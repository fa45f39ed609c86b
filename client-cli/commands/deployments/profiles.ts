import { defineCommand } from '../../command.ts'
import { projectRef } from '../filters.ts'

export const profilesCommand = defineCommand({
  name: 'profiles',
  summary: 'List the agents that can be deployed to, with their folders',
  examples: [['smd profiles --project .', 'With what this project says of its own']],
  args: {
    project: { type: 'string', alias: 'p', describe: 'As this project has them', complete: 'project' },
  },
  async run({ call, io, cwd, env }, { project }) {
    const defaults = env.SKILLMEAT_PLATFORM_DEFAULTS_JSON
    const { items } = await call('profiles.list', {
      ...(project !== undefined && { project: projectRef(project, cwd) }),
      ...(defaults && { platformDefaults: defaults }),
    })
    if (io.json) return io.value({ items, total: items.length })
    await io.table(items, [
      { title: 'PROFILE', text: (p) => p.id, style: () => 'bold' },
      { title: 'FOLDER', text: (p) => p.root },
      {
        title: 'PLACES',
        text: (p) => p.types.map((type) => `${type}: ${p.containers[type] ?? '-'}`).join(', ') || '-',
        shrink: 20,
      },
    ])
  },
})
