import { ExitCode, SmdError } from '../../../protocol/errors.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import { artifactTypes, type RefreshField, refreshFields } from '../../../protocol/vocabulary.ts'
import { type CommandContext, defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'

type Io = CommandContext['io']
type Refreshed = ResultOf<'collections.refresh'>

export const collectionRefreshCommand = defineCommand({
  name: 'collection refresh',
  summary: 'Bring titles, descriptions and the like in the manifest in line with the files',
  examples: [
    ['smd collection refresh --dry-run', 'Only say what differs, is missing or not listed'],
    ['smd collection refresh --fields description,license', 'Only these fields'],
    ['smd collection refresh --type skill --name "pdf*"', 'Only some artifacts'],
    ['smd collection refresh --check --json', 'For a script: exit code 10 when something differs'],
    ['smd collection refresh --check-only', 'Whether their sources have something newer: exit code 10'],
    ['smd collection refresh --rollback --yes', 'Take the last refresh back'],
  ],
  args: {
    which: { type: 'string', positional: true, describe: 'The collection (default: the active one)' },
    collection: { type: 'string', alias: 'c', describe: 'The same, as an option' },
    type: { type: 'string', alias: 't', choices: artifactTypes, describe: 'Only artifacts of this type' },
    name: {
      type: 'string',
      alias: 'n',
      describe: 'Only artifacts with such a name; *, ? and [abc] may be in it',
    },
    fields: {
      type: 'string',
      many: true,
      describe: `Only these, with commas between: ${refreshFields.join(', ')} (default: all but tags)`,
    },
    'metadata-only': { type: 'boolean', describe: 'Only the manifest, which is what happens anyway' },
    'dry-run': { type: 'boolean', describe: 'Change nothing' },
    check: { type: 'boolean', describe: 'Change nothing, and end with 10 when something differs' },
    'check-only': {
      type: 'boolean',
      describe: 'Ask the sources for newer versions instead; end with 10 when there are any',
    },
    rollback: { type: 'boolean', describe: 'Take the last refresh back; what was changed since then stays' },
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask before --rollback' },
  },
  async run(ctx, { which, collection = which, check = false, 'check-only': versions, rollback, ...args }) {
    const { call, io } = ctx
    const dryRun = check || args['dry-run'] === true
    const of = collection === undefined ? {} : { name: collection }
    if (rollback) refuseBeside('--rollback', { type: args.type, name: args.name, fields: args.fields })
    else if (versions) refuseBeside('--check-only', { name: args.name, fields: args.fields })
    if (rollback) return takeBack(ctx, of, { dryRun, yes: args.yes === true })
    if (versions) return checkVersions(ctx, collection, args.type)
    const fields = fieldsIn(args.fields)
    const refreshed = await call('collections.refresh', {
      ...of,
      ...(args.type !== undefined && { type: args.type }),
      ...(args.name !== undefined && { pattern: args.name }),
      ...(fields && { fields }),
      dryRun,
    })
    if (io.json) io.value({ ...refreshed, dryRun })
    else print(io, refreshed, dryRun)
    const { changed, missing, untracked } = refreshed
    return check && changed.length + missing.length + untracked.length > 0 ? ExitCode.outdated : ExitCode.ok
  },
})

/** What narrows a refresh and nothing else. Errors: `cli.usage`. */
function refuseBeside(option: string, others: Readonly<Record<string, unknown>>): void {
  const [other] = Object.entries(others).find(([, value]) => value !== undefined) ?? []
  if (other === undefined) return
  const reason = `${option} is for the whole collection, so --${other} has no meaning beside it.`
  throw new SmdError('cli.usage', { reason, usage: `smd collection refresh ${option}` })
}

/** Errors: `cli.usage` for a word that is no field. */
function fieldsIn(given: readonly string[] | undefined): RefreshField[] | undefined {
  const words = given
    ?.flatMap((each) => each.split(','))
    .map((word) => word.trim())
    .filter(Boolean)
  return words?.map((word) => {
    const field = refreshFields.find((each) => each === word)
    if (field) return field
    const reason = `--fields takes ${refreshFields.join(', ')}; not ${word}.`
    throw new SmdError('cli.usage', { reason, usage: 'smd collection refresh --fields description,license' })
  })
}

function print(io: Io, { name, changed, missing, untracked, ...rest }: Refreshed, dryRun: boolean): void {
  for (const { type, name: of, changes } of changed) {
    io.line(
      `${dryRun ? 'differs' : 'changed'}  ${type} ${of}: ${changes.map(({ field }) => field).join(', ')}`,
    )
    for (const { field, before, after } of changes)
      if (field !== 'extra')
        io.line(`           ${field}: ${io.paint('dim', shown(before))} -> ${shown(after)}`)
  }
  for (const each of missing) io.line(`missing  ${each.type} ${each.name}`)
  for (const path of untracked) io.line(`unlisted ${path}`)
  const total = changed.length + missing.length + untracked.length
  io.note(total === 0 ? `${name} is in line with its files.` : `${plural(total, 'difference')} in ${name}.`)
  if (rest.operation) io.note('Take it back with: smd collection refresh --rollback')
}

const LONGEST = 60

/** Values of frontmatter on one line. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return '-'
  const text = (Array.isArray(value) ? value.join(', ') : String(value)).replace(/\s+/g, ' ')
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}

async function takeBack(
  { call, io }: CommandContext,
  of: { name?: string },
  { dryRun, yes }: { dryRun: boolean; yes: boolean },
): Promise<ExitCode> {
  if (!yes && !dryRun) {
    const plan = await call('collections.rollback', { ...of, dryRun: true })
    printRows(io, plan, 'would go back')
    const answer = await io.confirm(`Take the refresh of ${plan.name} back?`)
    if (answer === null) throw new SmdError('cli.confirmation_needed', { action: 'Taking a refresh back' })
    if (!answer) {
      io.note('Nothing was changed.')
      return ExitCode.failure
    }
  }
  const done = await call('collections.rollback', { ...of, dryRun })
  if (io.json) io.value({ ...done, dryRun })
  else {
    printRows(io, done, dryRun ? 'would go back' : 'went back')
    const total = done.restored.length
    io.note(
      dryRun ? 'Nothing was changed.' : `${plural(total, 'artifact')} of ${done.name} as before the refresh.`,
    )
  }
  return ExitCode.ok
}

function printRows(
  io: Io,
  { restored, kept }: Pick<ResultOf<'collections.rollback'>, 'restored' | 'kept'>,
  word: string,
): void {
  for (const { type, name, fields } of restored) io.line(`${word}  ${type} ${name}: ${fields.join(', ')}`)
  for (const { type, name, fields } of kept)
    io.line(`stays  ${type} ${name}: ${fields.join(', ')}, changed since then`)
}

/** What their sources have now, without taking it. */
async function checkVersions(
  { call, io }: CommandContext,
  collection: string | undefined,
  type: (typeof artifactTypes)[number] | undefined,
): Promise<ExitCode> {
  const { items, collection: name } = await call('collections.update', {
    ...(collection !== undefined && { collection }),
    ...(type !== undefined && { type }),
    strategy: 'upstream',
    dryRun: true,
  })
  const rows = items.map(({ name, type, from, to, action, reason }) => {
    // `record`: another commit with the same files
    const isAvailable = ['copy', 'merge', 'fork', 'conflict'].includes(action)
    return { name, type, current: from, upstream: to, updateAvailable: isAvailable, reason }
  })
  const available = rows.filter(({ updateAvailable }) => updateAvailable).length
  const version = (one: { version: string | null; sha: string | null } | null): string =>
    one?.version ?? one?.sha?.slice(0, 7) ?? '-'
  if (io.json) io.value({ collection: name, items: rows, updatesAvailable: available })
  else {
    await io.table(rows, [
      { title: 'NAME', text: (row) => row.name, shrink: 16 },
      { title: 'TYPE', text: (row) => row.type },
      { title: 'CURRENT', text: (row) => version(row.current) },
      { title: 'UPSTREAM', text: (row) => version(row.upstream) },
      { title: 'UPDATE', text: (row) => (row.updateAvailable ? 'yes' : (row.reason ?? 'no')), shrink: 10 },
    ])
    if (rows.length === 0) io.note(`Nothing in ${name} came from elsewhere.`)
    else if (available > 0) io.note(`Take ${available === 1 ? 'it' : 'them'} with: smd update`)
  }
  if (available > 0) return ExitCode.outdated
  return items.some(({ action }) => action === 'failed') ? ExitCode.failure : ExitCode.ok
}
