import { defineCommand } from '../../command.ts'
import { describeCounts } from '../../format/counts.ts'
import { formatAge, formatBytes, formatCount } from '../../format/values.ts'
import { projectRef } from '../filters.ts'
import { statusStyle } from './project-text.ts'

export const projectsShowCommand = defineCommand({
  name: 'projects show',
  summary: 'Show one project: how smd knows it, what it holds, what is wrong in it',
  examples: [['smd projects show .', 'The project you are in']],
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
    const p = await call('projects.show', { project: projectRef(project, cwd) })
    if (io.json) return io.value(p)
    const style = statusStyle(p)
    io.line(`${io.paint('bold', p.name)}  ${io.paint(style, p.status)}`)
    io.line()
    const fields: Array<[string, string | null]> = [
      ['Path', p.path],
      ['Holds', describeCounts(p.countsByType) || 'nothing'],
      ['Outdated', p.outdatedCount > 0 ? String(p.outdatedCount) : null],
      ['Modified', p.modifiedCount > 0 ? String(p.modifiedCount) : null],
      ['Problems', p.problemCount > 0 ? `in ${formatCount(p.problemCount)} of its artifacts` : null],
      [
        'Weight',
        p.artifactCount > 0 ? `${formatBytes(p.sizeBytes)}, about ${formatCount(p.tokens)} tokens` : null,
      ],
      ['Read', p.lastFetchedAt === null ? 'never' : formatAge(p.lastFetchedAt, Date.now())],
      ['Because', p.origins.map((origin) => originTexts[origin] ?? origin).join(', ')],
      ['Error', p.errorMessage],
      ['Id', p.id],
    ]
    for (const [label, value] of fields) if (value) io.line(`${io.paint('dim', label.padEnd(8))} ${value}`)
    for (const d of p.diagnostics) {
      const where = d.path ? `${d.path}: ` : ''
      io.line(
        `${io.paint(d.severity === 'error' ? 'red' : 'yellow', d.severity.padEnd(8))} ${where}${d.message}`,
      )
    }
  },
})

const originTexts: Readonly<Record<string, string>> = {
  claude: 'Claude Code has worked in it',
  plugin: 'a plugin is installed for it',
  root: 'it lies below a root',
  session: 'an agent has worked in it',
  added: 'you added it',
  cwd: 'you were in it',
}
