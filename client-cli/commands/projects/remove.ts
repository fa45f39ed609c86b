import { defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'
import { projectRef } from '../filters.ts'

export const projectsRemoveCommand = defineCommand({
  name: 'projects remove',
  summary: 'Forget a project, also when it would be found again; none of its files is touched',
  examples: [
    ['smd projects remove old-prototype', 'By name'],
    ['smd projects add PATH', 'Brings it back'],
  ],
  args: {
    project: {
      type: 'string',
      positional: true,
      required: true,
      describe: 'Path, name or id',
      complete: 'project',
    },
  },
  async run({ call, io, cwd }, { project }) {
    const removed = await call('projects.remove', { project: projectRef(project, cwd) })
    if (io.json) return io.value(removed)
    io.line(`Forgotten: ${removed.path} (${plural(removed.removedArtifacts, 'artifact')})`)
    io.note(`Its files are untouched. Bring it back with: smd projects add ${removed.path}`)
  },
})
