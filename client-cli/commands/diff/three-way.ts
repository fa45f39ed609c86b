import { resolve } from 'node:path'
import { ExitCode } from '../../../protocol/errors.ts'
import { defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'
import { planLine, toFileDiff } from '../sync-items.ts'
import { contextArgs, diffOutputArgs, ignoreArgs, printFiles, toDiffOptions } from './print-files.ts'

export const diffThreeWayCommand = defineCommand({
  name: 'diff three-way',
  summary: 'Show what a merge of two versions with their common base would make of the first',
  examples: [
    ['smd diff three-way base.md mine.md theirs.md', 'From mine to the result, conflicts marked'],
    [
      'smd diff three-way base mine theirs --conflicts-only',
      'Three folders; only what somebody has to decide',
    ],
  ],
  args: {
    base: {
      type: 'string',
      positional: true,
      required: true,
      describe: 'What both came from',
      complete: 'path',
    },
    local: { type: 'string', positional: true, required: true, describe: 'One version', complete: 'path' },
    remote: { type: 'string', positional: true, required: true, describe: 'The other', complete: 'path' },
    ...diffOutputArgs,
    ...contextArgs,
    ...ignoreArgs,
    'conflicts-only': { type: 'boolean', describe: 'Only files in conflict' },
    'exit-code': { type: 'boolean', describe: 'End with 4 when something is in conflict' },
  },
  async run(
    { call, io, cwd },
    { base, local, remote, 'conflicts-only': only, 'exit-code': exitCode, context, ignore, ...output },
  ) {
    const paths = { base: resolve(cwd, base), local: resolve(cwd, local), remote: resolve(cwd, remote) }
    const { files, openConflicts } = await call('diff.merge', {
      ...paths,
      ...toDiffOptions({ context, ignore }),
    })
    const shown = files.filter(({ isOpen }) => isOpen || !only)
    if (io.json) io.value({ ...paths, files: shown, openConflicts })
    else {
      await printFiles(
        io,
        shown.flatMap((file) => toFileDiff(file) ?? []),
        output,
      )
      for (const file of shown) io.note(planLine(file))
      const conflicts = openConflicts === 0 ? 'no conflict' : `${plural(openConflicts, 'file')} in conflict`
      io.note(
        files.length === 0 ? 'Nothing to merge.' : `${plural(files.length, 'file')} merged, ${conflicts}.`,
      )
    }
    return exitCode && openConflicts > 0 ? ExitCode.conflict : ExitCode.ok
  },
})
