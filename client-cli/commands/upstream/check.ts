import { ExitCode } from '../../../protocol/errors.ts'
import { defineCommand } from '../../command.ts'
import { formatCount, plural } from '../../format/values.ts'
import { projectRef } from '../filters.ts'
import { checkSources, tellFailures } from './check-sources.ts'

export const upstreamCheckCommand = defineCommand({
  name: 'upstream check',
  summary: 'Ask the sources of artifacts that were not asked for a while',
  examples: [
    ['smd upstream check', 'All that are due'],
    ['smd upstream check --project . --force', 'Those of one project, due or not'],
  ],
  args: {
    project: {
      type: 'string',
      alias: 'p',
      describe: 'Only sources of this project: path, name or id',
      complete: 'project',
    },
    force: { type: 'boolean', alias: 'f', describe: 'Also what was asked not long ago' },
  },
  async run({ call, io, cwd }, { project, force = false }) {
    const of = project === undefined ? {} : { project: projectRef(project, cwd) }
    const result = await checkSources({ call, io }, { ...of, force })
    if (!result) return ExitCode.ok
    if (io.json) io.value(result)
    else {
      const { sources, asked, changed, outdated, failed, offline } = result
      const answered = asked - failed.length
      if (sources === 0) io.line('No artifact has a recorded source that can be asked.')
      else if (asked === 0 && offline > 0) io.line('No source was asked.')
      else if (asked === 0) io.line(`Nothing is due (${plural(sources, 'source')}). Ask anyway with: --force`)
      else {
        io.line(
          `${formatCount(answered)} of ${plural(sources, 'source')} answered, ${formatCount(changed)} with something new; ${plural(outdated, 'artifact')} outdated.`,
        )
      }
      tellFailures(io, result)
    }
    return result.failed.length > 0 ? ExitCode.failure : ExitCode.ok
  },
})
