import { ExitCode } from '../../protocol/errors.ts'
import type { ParamsOf, ResultOf } from '../../protocol/methods.ts'
import { type ArgSpecs, type ArgsOf, type CommandContext, defineCommand } from '../command.ts'
import { plural } from '../format/values.ts'
import {
  contextArgs,
  type DiffOutput,
  diffOutputArgs,
  ignoreArgs,
  printFiles,
  toDiffOptions,
} from './diff/print-files.ts'
import { filterArgs, projectRef, toFilter } from './filters.ts'

const { type, scope } = filterArgs

/** What differs between an artifact and something else; `smd diff artifact` is the same. */
export const diffArgs = {
  name: { type: 'string', positional: true, required: true, describe: 'Name or id', complete: 'artifact' },
  project: {
    type: 'string',
    alias: 'p',
    describe: 'The copy of this project: path, name or id',
    complete: 'project',
  },
  type,
  scope,
  against: {
    type: 'string',
    describe: 'Another project that has it, or the id of any artifact (default: its source)',
    complete: 'project',
  },
  ...diffOutputArgs,
  ...contextArgs,
  ...ignoreArgs,
  'exit-code': { type: 'boolean', describe: 'End with 10 when something differs' },
} as const satisfies ArgSpecs

export const diffCommand = defineCommand({
  name: 'diff',
  summary: 'Show what differs between an artifact and its source, or another copy',
  examples: [
    ['smd diff code-review', 'From the copy in effect to its source, as of the last check'],
    ['smd diff code-review --project . --against ../api', 'From the copy of this project to that of another'],
    ['smd diff code-review -p . | patch -d .claude/skills/code-review -p1', 'Bring the copy here up to date'],
    ['smd diff code-review --exit-code --json', 'For a script: exit code 10 when something differs'],
  ],
  args: diffArgs,
  run: diffArtifact,
})

export async function diffArtifact(
  { call, io, cwd }: CommandContext,
  {
    name,
    against,
    'exit-code': exitCode,
    stat,
    'side-by-side': isSideBySide,
    context,
    ignore,
    ...args
  }: ArgsOf<typeof diffArgs>,
): Promise<number> {
  const params = { ...toFilter(args, cwd), name } as ParamsOf<'artifacts.show'>
  const { id, name: found, type: foundType } = await call('artifacts.show', params)
  const other = against === undefined ? null : await otherId({ call, cwd }, against, found, foundType)
  const diff = await call('artifacts.diff', {
    id,
    ...(other !== null && { against: other }),
    ...toDiffOptions({ context, ignore }),
  })
  if (io.json) io.value({ id, name: found, type: foundType, ...diff })
  else await print(io, diff, { stat, 'side-by-side': isSideBySide })
  return exitCode && diff.files.length > 0 ? ExitCode.outdated : ExitCode.ok
}

/** The artifact to compare with: an id, or the one of the same name in a project. */
async function otherId(
  { call, cwd }: Pick<CommandContext, 'call' | 'cwd'>,
  against: string,
  name: string,
  type: ParamsOf<'artifacts.show'>['type'],
): Promise<string> {
  if (/^art_[0-9a-f]{16}$/.test(against)) return against
  const { id } = await call('artifacts.show', { name, type, project: projectRef(against, cwd) })
  return id
}

/** The patch alone goes to stdout; what else is to be known is a remark. */
async function print(
  io: CommandContext['io'],
  { left, right, files, same }: ResultOf<'artifacts.diff'>,
  output: DiffOutput,
): Promise<void> {
  if (files.length === 0) {
    io.note(`No difference to ${right.label}${versionOf(right)}; ${plural(same, 'file')} compared.`)
    return
  }
  io.note(`From ${left.label}${versionOf(left)}`)
  io.note(`to ${right.label}${versionOf(right)}:`)
  await printFiles(io, files, output)
  for (const { path, status, hunks } of files)
    if (status === 'changed' && hunks?.length === 0) io.note(`${path}: only its permission to run differs.`)
  const untold = files.filter(({ hunks }) => hunks === null).length
  if (untold > 0) io.note(`${plural(untold, 'file')} without lines: no text, or too long.`)
  const verb = files.length === 1 ? 'differs' : 'differ'
  io.note(`${plural(files.length, 'file')} ${verb}${same > 0 ? `, ${plural(same, 'file')} the same` : ''}.`)
}

const versionOf = ({ version }: ResultOf<'artifacts.diff'>['left']): string =>
  version === null ? '' : ` (${version})`
