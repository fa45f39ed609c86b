import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineCommand } from '../../command.ts'
import { describeCounts } from '../../format/counts.ts'
import { plural } from '../../format/values.ts'
import { withRefreshBar } from '../../refresh-bar.ts'

export const projectsAddCommand = defineCommand({
  name: 'projects add',
  summary: 'Make a folder a known project, wherever it lies, and read it',
  examples: [['smd projects add .', 'The folder you are in']],
  args: {
    path: { type: 'string', positional: true, required: true, describe: 'The folder', complete: 'path' },
  },
  async run({ call, onNotification, io, cwd }, { path }) {
    const folder = resolve(cwd, path)
    const adding = call('projects.add', { path: realFolder(folder) })
    const answer = await withRefreshBar({ call, onNotification, io }, adding)
    if (io.json) return io.value(answer)
    const { project, added } = answer
    const holds = describeCounts(project.countsByType)
    io.line(
      `${added ? 'Added' : 'Already known'}: ${project.path} (${project.artifactCount === 0 ? 'no artifacts yet' : `${plural(project.artifactCount, 'artifact')}: ${holds}`})`,
    )
    if (project.errorMessage) io.note(project.errorMessage)
  },
})

/** What cannot be resolved here, the daemon says why. */
function realFolder(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
