import type { ResultOf } from '../../protocol/methods.ts'
import { type UpdateStrategy, updateStrategies } from '../../protocol/sync-words.ts'
import { artifactTypes } from '../../protocol/vocabulary.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import { exitCodeOf, isDone, printItems, summaryOf } from './sync-items.ts'
import { syncArgs, toSyncOptions } from './sync-options.ts'

type Answer = ResultOf<'collections.update'>
type Item = Answer['items'][number]

export const updateCommand = defineCommand({
  name: 'update',
  summary: 'Bring what a collection has from elsewhere up to date, with what was edited in it',
  examples: [
    ['smd update', 'Everything of the active collection; shows it and asks first'],
    ['smd update code-review --strategy merge --push', 'One artifact, and every project that has it'],
    ['smd update --strategy upstream --dry-run', 'What would be lost if the sources won everywhere'],
  ],
  args: {
    name: {
      type: 'string',
      positional: true,
      many: true,
      describe: 'Only these: name, or type:name',
      complete: 'artifact',
    },
    collection: { type: 'string', alias: 'c', describe: 'Of this collection (default: the active one)' },
    type: { type: 'string', alias: 't', choices: artifactTypes, describe: 'Only artifacts of this type' },
    strategy: {
      type: 'string',
      choices: updateStrategies,
      describe: 'What becomes of what was edited here, too (default: prompt on a terminal, else merge)',
    },
    conflicts: syncArgs.conflicts,
    take: syncArgs.take,
    push: { type: 'boolean', describe: 'Bring what changed to every project that has it' },
    'dry-run': { type: 'boolean', describe: 'Only say what would be done' },
    'no-interactive': { type: 'boolean', describe: 'Ask nothing: merge what goes together' },
  },
  async run(
    { call, io },
    { name, type, strategy, push, 'dry-run': dryRun = false, 'no-interactive': silent, ...args },
  ) {
    const options = { ...toSyncOptions(args, undefined), ...(type !== undefined && { type }) }
    const ask = (more: {
      strategy: UpdateStrategy
      dryRun: boolean
      artifacts?: string[]
    }): Promise<Answer> =>
      call('collections.update', {
        ...options,
        ...(name !== undefined && name.length > 0 && { artifacts: name }),
        ...more,
        push: push === true,
      })
    const asks = !dryRun && !silent && io.canAsk && (strategy === undefined || strategy === 'prompt')
    const chosen = asks ? await chosenOf(io, (await ask({ strategy: 'merge', dryRun: true })).items) : null
    if (chosen?.length === 0) {
      io.note('Nothing was changed.')
      return 0
    }
    const wanted = chosen || strategy === undefined ? 'merge' : strategy
    const answer = await ask({
      strategy: dryRun && wanted === 'prompt' ? 'merge' : wanted,
      dryRun,
      ...(chosen && { artifacts: chosen }),
    })
    if (io.json) io.value({ ...answer, dryRun })
    else {
      await print(io, answer.items, dryRun)
      io.note(
        answer.items.length === 0 ? 'Nothing here came from elsewhere.' : summaryOf(answer.items, dryRun),
      )
      if (answer.pushed.length > 0) {
        await printItems(io, answer.pushed, { isPlan: false, diff: null, projects: true })
        io.note(`In projects: ${summaryOf(answer.pushed, false)}`)
      }
      for (const warning of answer.warnings) io.note(warning)
      if (answer.operations.length > 0) io.note('Take it back with: smd undo')
    }
    return dryRun ? 0 : exitCodeOf([...answer.items, ...answer.pushed])
  },
})

/** What the user said yes to; null when there is nobody to ask. What is up to date is not asked about. */
async function chosenOf(io: CommandContext['io'], items: readonly Item[]): Promise<string[] | null> {
  if (!items.some(isDone)) return null
  const chosen: string[] = []
  for (const item of items.filter(isDone)) {
    await print(io, [item], true)
    const answer = await io.confirm(`Update ${item.type}:${item.name}?`)
    if (answer === null) return null
    if (answer) chosen.push(`${item.type}:${item.name}`)
  }
  await print(
    io,
    items.filter((item) => !isDone(item)),
    true,
  )
  return chosen
}

const print = (io: CommandContext['io'], items: readonly Item[], isPlan: boolean): Promise<void> =>
  printItems(
    io,
    items.map((item) => ({ ...item, reason: item.reason ?? versionsOf(item) })),
    { isPlan, diff: null, projects: false },
  )

/** `v1.0.0 -> v1.1.0`, or the first digits of the commits. */
function versionsOf({ from, to, action }: Item): string | null {
  const text = (version: Item['from'] | null): string | null =>
    version?.version ?? version?.sha?.slice(0, 7) ?? null
  const [old, now] = [text(from), text(to)]
  return action === 'none' || old === null || now === null || old === now ? null : `${old} -> ${now}`
}
