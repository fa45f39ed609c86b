import { ExitCode, SmdError } from '../../protocol/errors.ts'
import { type LeftoverKind, leftoverKinds } from '../../protocol/leftovers.ts'
import type { ResultOf } from '../../protocol/methods.ts'
import { defineCommand } from '../command.ts'
import { formatBytes, plural } from '../format/values.ts'
import type { Io } from '../io.ts'

type Leftover = ResultOf<'cleanup.find'>['items'][number]

export const gcCommand = defineCommand({
  name: 'gc',
  summary: 'Find what lies around and is of no use, and remove it after asking',
  examples: [
    ['smd gc --dry-run', 'Every path with its size; changes nothing'],
    ['smd gc --kind broken-link --yes', 'Removes links that lead nowhere, without being asked'],
  ],
  args: {
    'dry-run': { type: 'boolean', alias: 'n', describe: 'Only say what there is' },
    kind: {
      type: 'string',
      many: true,
      choices: Object.keys(leftoverKinds) as LeftoverKind[],
      describe: 'Only this kind; may be given several times',
    },
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask' },
  },
  async run({ call, io }, { 'dry-run': dryRun, kind, yes }) {
    const kinds = kind && kind.length > 0 ? { kinds: kind } : {}
    const found = await call('cleanup.find', kinds)
    if (dryRun && io.json) {
      io.value(found)
      return ExitCode.ok
    }
    if (!io.json) print(io, found)
    const removable = found.items.filter((item) => item.removable)
    if (dryRun || removable.length === 0) {
      if (io.json) io.value({ removed: [], freedBytes: 0, failed: [] })
      else if (found.items.length > 0 && !dryRun) io.note('None of it is for smd to remove.')
      return ExitCode.ok
    }
    if (!yes) {
      const size = formatBytes(found.removableBytes)
      const answer = await io.confirm(
        `Remove ${plural(removable.length, 'thing')}, ${size}? It cannot be undone.`,
      )
      if (answer === null)
        throw new SmdError('cli.confirmation_needed', { action: 'Removing what lies around' })
      if (!answer) {
        io.note('Nothing was changed.')
        return ExitCode.failure
      }
    }
    const done = await call('cleanup.remove', kinds)
    if (io.json) io.value(done)
    else {
      for (const { path, reason } of done.failed) io.note(`${path} could not be removed: ${reason}`)
      io.line(`Removed: ${plural(done.removed.length, 'thing')}, ${formatBytes(done.freedBytes)}.`)
    }
    return done.failed.length > 0 ? ExitCode.failure : ExitCode.ok
  },
})

/** By kind, each path with its size. */
function print(io: Io, { items, sizeBytes, removableBytes }: ResultOf<'cleanup.find'>): void {
  if (items.length === 0) {
    io.note('Nothing lies around.')
    return
  }
  for (const [kind, some] of Map.groupBy(items, (item) => item.kind)) {
    const { about, removable } = leftoverKinds[kind]
    io.line(`${about}${removable ? '' : ' Left alone.'}`)
    for (const item of some) io.line(`  ${item.path}${detailOf(item)}`)
  }
  io.note(
    `${plural(items.length, 'thing')}, ${formatBytes(sizeBytes)}; ${formatBytes(removableBytes)} for smd to remove.`,
  )
}

function detailOf({ kind, detail, sizeBytes }: Leftover): string {
  if (kind === 'broken-link') return ` -> ${detail}`
  return `${detail === '' ? '' : `  ${detail}`}  ${formatBytes(sizeBytes)}`
}
