import { ExitCode, SmdError } from '../../protocol/errors.ts'
import type { ParamsOf, ResultOf } from '../../protocol/methods.ts'
import { artifactTypes, keepRules } from '../../protocol/vocabulary.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import { plural } from '../format/values.ts'
import { READING, saying } from '../refresh-bar.ts'
import { countChanges, exitCodeOf, isBlocked, printPlan } from './deployments/plan-text.ts'
import { percent, shareOf } from './similar.ts'

type Params = ParamsOf<'collections.consolidate'>
type Answer = ResultOf<'collections.consolidate'>
type Group = Answer['groups'][number]
type Io = CommandContext['io']

export const consolidateCommand = defineCommand({
  name: 'consolidate',
  summary: 'Bring together what stands in a collection more than once; projects get the one that is kept',
  examples: [
    [
      'smd consolidate --dry-run',
      'What is the same or alike, which would be kept, and every path that changes',
    ],
    ['smd consolidate', 'Asks for each group which one to keep'],
    ['smd consolidate --yes --json', 'For a script: only what is the same, file by file'],
    ['smd consolidate review --min 0.9 --keep review', 'What is like one artifact, which is kept'],
  ],
  args: {
    name: {
      type: 'string',
      positional: true,
      many: true,
      describe: 'Only what is like these: name, or type:name',
      complete: 'artifact',
    },
    collection: { type: 'string', alias: 'c', describe: 'The collection (default: the active one)' },
    type: { type: 'string', alias: 't', choices: artifactTypes, describe: 'Only artifacts of this type' },
    min: {
      type: 'string',
      alias: 'm',
      describe: 'How alike at least, 0.5 to 1 (default: 0.5; with --yes 1, only what is the same)',
    },
    limit: {
      type: 'number',
      alias: 'l',
      min: 1,
      max: 200,
      describe: 'How many groups at most (default: 20)',
    },
    prefer: {
      type: 'string',
      choices: keepRules,
      describe: 'Which is kept: the most deployed, one with a source, the first or the last (default: used)',
    },
    keep: {
      type: 'string',
      alias: 'k',
      many: true,
      describe: 'Keep this one, whatever --prefer says (may be given several times)',
    },
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask' },
    'dry-run': { type: 'boolean', alias: 'n', describe: 'Print every path, and change nothing' },
  },
  async run({ call, io }, { name, min, prefer, yes = false, 'dry-run': dryRun = false, ...args }) {
    const request = {
      ...(args.collection !== undefined && { collection: args.collection }),
      ...(args.type !== undefined && { type: args.type }),
      ...(args.limit !== undefined && { limit: args.limit }),
      ...(args.keep && { keep: args.keep }),
      ...(name && name.length > 0 && { artifacts: name }),
      ...(prefer !== undefined && { keepRule: prefer }),
      min: min === undefined ? (yes && !dryRun ? 1 : 0.5) : shareOf(min, '--min', 0.5),
    } as Params
    const ask = (more: Params): Promise<Answer> =>
      saying(io, READING, call('collections.consolidate', { ...request, ...more }))
    if (yes && !dryRun) return printDone(io, await ask({}), true)
    const plan = await ask({ dryRun: true })
    if (dryRun || plan.groups.length === 0) return printDryRun(io, plan)
    if (!io.canAsk) throw new SmdError('cli.confirmation_needed', { action: 'Bringing artifacts together' })
    const groups = await chosenOf(io, plan.groups)
    if (groups.length === 0) return nothingChanged(io)
    const chosen = await ask({ groups, dryRun: true })
    printAnswer(io, chosen)
    const removed = chosen.groups.flatMap(({ remove }) => remove)
    if (!(await io.confirm(`Remove ${plural(removed.length, 'artifact')} from ${chosen.collection}?`)))
      return nothingChanged(io)
    return printDone(io, await ask({ groups, expect: chosen.digest }), false)
  },
})

function nothingChanged(io: Io): ExitCode {
  io.note('Nothing was changed.')
  return ExitCode.failure
}

/** Asks for each group which one is kept; groups that are passed over are left out. */
async function chosenOf(io: Io, groups: readonly Group[]): Promise<NonNullable<Params['groups']>> {
  const chosen: NonNullable<Params['groups']> = []
  for (const [n, group] of groups.entries()) {
    const all = [group.keep, ...group.remove]
    io.line(`${io.paint('bold', headOf(group))}  ${io.paint('dim', `${n + 1} of ${groups.length}`)}`)
    for (const [at, { name, path, deployments }] of all.entries()) {
      const used = deployments > 0 ? `, deployed ${plural(deployments, 'time')}` : ''
      const why = at === 0 ? `  ${io.paint('dim', group.keep.reason)}` : ''
      io.line(`  ${at + 1}  ${name}  ${io.paint('dim', `${path}${used}`)}${why}`)
    }
    const answer = await askWhich(io, all.length)
    if (answer === 'end') break
    if (answer === 'skip') continue
    const [keep] = all.splice(answer - 1, 1) as [Group['keep']]
    const refOf = (one: { name: string }): string => `${group.type}:${one.name}`
    // What was to be kept here, and goes by a choice before, is already with the one that was chosen.
    const gone = chosen.find(({ remove }) => remove.includes(refOf(keep)))
    const removed = chosen.flatMap(({ remove }) => remove)
    const remove = all.map(refOf).filter((ref) => !removed.includes(ref) && ref !== gone?.keep)
    const kept = gone?.keep ?? refOf(keep)
    if (remove.length > 0 && !remove.some((ref) => chosen.some((each) => each.keep === ref)))
      chosen.push({ keep: kept, remove })
  }
  return chosen
}

/** A number from 1 on. Anything else passes the group over. */
async function askWhich(io: Io, count: number): Promise<number | 'skip' | 'end'> {
  const answer = (await io.ask(`Keep which? 1 to ${count}, s to skip, q to end [s] `)) ?? 'q'
  const number = Number(answer)
  if (Number.isInteger(number) && number >= 1 && number <= count) return number
  return /^q/i.test(answer) ? 'end' : 'skip'
}

function headOf({ type, kind, remove }: Group): string {
  const least = Math.min(...remove.map(({ likeness }) => likeness ?? 0))
  return kind === 'same' ? `The same ${type}:` : `${percent(Math.min(least, 0.99))} alike (${type}):`
}

function printDryRun(io: Io, plan: Answer): ExitCode {
  if (io.json) io.value({ ...plan, dryRun: true })
  else {
    printAnswer(io, plan)
    sayTotal(io, plan)
    if (plan.groups.length > 0) io.note('Nothing was changed.')
  }
  return ExitCode.ok
}

function sayTotal(io: Io, { groups, total, collection }: Answer): void {
  if (groups.length === 0) io.note(`Nothing stands twice in ${collection}.`)
  else if (groups.length < total) io.note(`${groups.length} of ${plural(total, 'group')} shown.`)
}

/** Each group with what goes over, then what becomes of projects. */
function printAnswer(io: Io, { groups, warnings, projects, untouched }: Answer): void {
  for (const group of groups) {
    io.line(io.paint('bold', headOf(group)))
    io.line(`  ${io.paint('green', '=')} ${group.keep.path}  ${io.paint('dim', group.keep.reason)}`)
    for (const text of gainsOf(group)) io.line(`      ${io.paint('green', '+')} ${text}`)
    for (const { path, filesRemoved } of group.remove) {
      const why = filesRemoved ? '' : `  ${io.paint('dim', 'Its files stay: something else needs them.')}`
      io.line(`  ${io.paint('red', '-')} ${path}${why}`)
    }
    if (group.kind === 'similar')
      io.line(`  ${io.paint('yellow', '!')} What only the removed ones hold is no longer in the collection.`)
    for (const warning of group.warnings) io.line(`  ${io.paint('yellow', '!')} ${warning}`)
  }
  printPlan(io, projects, { files: false })
  for (const warning of warnings) io.note(warning)
  const held = projects.filter(
    (each) => each.outcome === null && (isBlocked(each) || each.warnings.length > 0),
  )
  if (held.length > 0)
    io.note(
      `The collection stays as it is until these can be changed: ${held.map(({ name }) => name).join(', ')}`,
    )
  if (untouched.length === 0) return
  io.note('Not touched, because no record says that they are from a collection:')
  for (const { path } of untouched) io.note(`  ${path}`)
}

function gainsOf({ gains: { tags, groups, sets, links, source } }: Group): string[] {
  const listed = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${what} ${names.join(', ')}`]
  return [
    ...listed('tags:', tags),
    ...listed('in the groups', groups),
    ...listed('in the sets', sets),
    ...listed('linked by', links),
    ...(source === null ? [] : [`followed from now on: ${source}`]),
  ]
}

/** `all`: with what was not shown before. */
function printDone(io: Io, done: Answer, all: boolean): ExitCode {
  const code = codeOf(done)
  if (io.json) {
    const status = code === ExitCode.ok ? 'success' : done.operation === null ? 'failed' : 'partial'
    io.value({ status, command: 'consolidate', ...done, dryRun: false })
    return code
  }
  if (all) printAnswer(io, done)
  if (done.groups.length === 0) {
    sayTotal(io, done)
    return code
  }
  for (const { name, outcome, failure, problem } of done.projects)
    if (outcome !== 'done') io.note(`${name}: not changed. ${problem ?? whyOf(failure)}`.trimEnd())
  if (done.outcome === 'done') {
    const removed = done.groups.flatMap(({ remove }) => remove).length
    const places = countChanges(done.projects.filter(({ outcome }) => outcome === 'done'))
    const elsewhere = places > 0 ? `, ${plural(places, 'place')} in projects changed` : ''
    io.line(`Removed from ${done.collection}: ${plural(removed, 'artifact')}${elsewhere}.`)
  } else io.note(`The collection is as it was. ${whyOf(done.failure)}`)
  if (done.operation) io.note(`Take it back with: smd undo ${done.operation}`)
  if (done.outcome === 'done' && done.snapshot)
    io.note(`The collection alone goes back with: smd rollback ${done.snapshot}`)
  if (done.groups.length < done.total) io.note(`${plural(done.total - done.groups.length, 'group')} left.`)
  return code
}

const whyOf = (failure: Answer['failure']): string =>
  failure === null ? '' : `${failure.path}: ${failure.reason}.`

/** That nothing can be known of a project stops nothing, but is no success either. */
function codeOf({ outcome, projects }: Answer): ExitCode {
  if (outcome === 'failed' || outcome === 'pending') return ExitCode.failure
  const inProjects = exitCodeOf(projects)
  return inProjects === ExitCode.ok && outcome === 'conflict' ? ExitCode.conflict : inProjects
}
