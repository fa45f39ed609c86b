import { resolve } from 'node:path'
import { ExitCode } from '../../../protocol/errors.ts'
import { type ArgSpecs, type ArgsOf, type CommandContext, defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'
import { contextArgs, diffOutputArgs, ignoreArgs, printFiles, toDiffOptions } from './print-files.ts'

const fileArgs = {
  left: { type: 'string', positional: true, required: true, describe: 'What was', complete: 'path' },
  right: { type: 'string', positional: true, required: true, describe: 'What is', complete: 'path' },
  ...diffOutputArgs,
  ...contextArgs,
  'exit-code': { type: 'boolean', describe: 'End with 10 when something differs' },
} as const satisfies ArgSpecs

const folderArgs = {
  ...fileArgs,
  ...ignoreArgs,
  limit: {
    type: 'number',
    alias: 'l',
    min: 1,
    max: 10_000,
    describe: 'How many files to print (default: all)',
  },
  'stats-only': { type: 'boolean', describe: 'As --stat' },
} as const satisfies ArgSpecs

export const diffFilesCommand = defineCommand({
  name: 'diff files',
  summary: 'Show what differs between two files',
  examples: [
    ['smd diff files old.md new.md', 'As a patch'],
    ['smd diff files old.md new.md --side-by-side', 'In two columns'],
    ['smd diff files old.md new.md -c 0', 'Only the lines that differ'],
  ],
  args: fileArgs,
  run: diffPaths,
})

export const diffDirsCommand = defineCommand({
  name: 'diff dirs',
  summary: 'Show what differs between two folders, file by file',
  examples: [
    ['smd diff dirs .claude/skills/review ~/.skillmeat/collections/default/skills/review', 'As a patch'],
    ['smd diff dirs a b --stat', 'Only how many lines differ in which files'],
    ['smd diff dirs a b -i node_modules -i "*.log"', 'Without some files and folders'],
  ],
  args: folderArgs,
  run: (ctx, { 'stats-only': only, ...args }) => diffPaths(ctx, { ...args, stat: args.stat || only }),
})

async function diffPaths(
  { call, io, cwd }: CommandContext,
  { left, right, limit, 'exit-code': exitCode, context, ignore, ...output }: ArgsOf<typeof folderArgs>,
): Promise<number> {
  const paths = { left: resolve(cwd, left), right: resolve(cwd, right) }
  const { files, same } = await call('diff.paths', { ...paths, ...toDiffOptions({ context, ignore }) })
  if (io.json) io.value({ ...paths, files: files.slice(0, limit), same, total: files.length })
  else {
    const shown = files.slice(0, limit)
    await printFiles(io, shown, output)
    const untold = shown.filter(({ hunks }) => hunks === null).length
    if (untold > 0 && !output.stat) io.note(`${plural(untold, 'file')} without lines: no text, or too long.`)
    if (files.length === 0) io.note(`No difference; ${plural(same, 'file')} compared.`)
    else if (shown.length < files.length) io.note(`${shown.length} of ${plural(files.length, 'file')} shown.`)
  }
  return exitCode && files.length > 0 ? ExitCode.outdated : ExitCode.ok
}
