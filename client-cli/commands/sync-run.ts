/** How a pull or push is asked for, carried out and told. */
import { ExitCode } from '../../protocol/errors.ts'
import type { ResultOf } from '../../protocol/methods.ts'
import type { SyncStrategy } from '../../protocol/sync-words.ts'
import type { CommandContext } from '../command.ts'
import { exitCodeOf, isDone, printItems, type SyncItem, summaryOf } from './sync-items.ts'

export type SyncRun = {
  strategy: SyncStrategy | undefined
  dryRun: boolean
  /** False with `--no-interactive`. */
  mayAsk: boolean
  projects: boolean
  call(more: {
    strategy: SyncStrategy
    dryRun: boolean
    artifacts?: string[]
  }): Promise<ResultOf<'sync.pull'>>
}

/**
 * On a terminal everything is shown and asked about first, unless a strategy says what is wanted; where nobody can be asked,
 * what goes together is merged, and `prompt` does nothing.
 */
export async function runSync(io: CommandContext['io'], run: SyncRun): Promise<number> {
  const { strategy, dryRun, mayAsk, projects } = run
  const asks = !dryRun && mayAsk && io.canAsk && (strategy === undefined || strategy === 'prompt')
  const chosen = asks ? await askFor(io, run) : null
  if (chosen?.length === 0) {
    io.note('Nothing was changed.')
    return ExitCode.ok
  }
  const wanted = chosen || strategy === undefined ? 'merge' : strategy
  const { operations, items, warnings } = await run.call({
    strategy: dryRun && wanted === 'prompt' ? 'merge' : wanted,
    dryRun,
    ...(chosen && { artifacts: chosen }),
  })
  if (io.json) io.value({ operations, items, warnings, dryRun })
  else {
    await printItems(io, items, { isPlan: dryRun, diff: null, projects })
    for (const warning of warnings) io.note(warning)
    io.note(summaryOf(items, dryRun))
    if (operations.length > 0) io.note('Take it back with: smd undo')
    if (items.some(({ action }) => action === 'conflict'))
      io.note(
        'Decide with --conflicts mark|ours|theirs, or file by file: --take PATH=ours|theirs|base|merged',
      )
  }
  return dryRun ? ExitCode.ok : exitCodeOf(items)
}

/** What the user said yes to, as `type:name`; null when there is nobody who could. */
async function askFor(io: CommandContext['io'], run: SyncRun): Promise<string[] | null> {
  const { items } = await run.call({ strategy: 'merge', dryRun: true })
  const byArtifact = new Map<string, SyncItem[]>()
  for (const item of items.filter(isDone)) {
    const key = `${item.type}:${item.name}`
    byArtifact.set(key, [...(byArtifact.get(key) ?? []), item])
  }
  // Nothing to ask about: what is in the way is told as where nobody is asked.
  if (byArtifact.size === 0) return null
  const chosen: string[] = []
  for (const [artifact, own] of byArtifact) {
    await printItems(io, own, { isPlan: true, diff: {}, projects: run.projects })
    const answer = await io.confirm(`Do that with ${artifact}?`)
    if (answer === null) return null
    if (answer) chosen.push(artifact)
  }
  const rest = items.filter((item) => !isDone(item))
  await printItems(io, rest, { isPlan: true, diff: null, projects: run.projects })
  return chosen
}
