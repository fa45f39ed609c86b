/** Options that pulls, pushes and their previews have in common. */
import { SmdError } from '../../protocol/errors.ts'
import type { ParamsOf } from '../../protocol/methods.ts'
import { conflictRules, fileChoices, type SyncStrategy, syncStrategies } from '../../protocol/sync-words.ts'
import type { ArgSpecs, ArgsOf } from '../command.ts'

export const syncArgs = {
  artifacts: {
    type: 'string',
    describe: 'Only these: names, or type:name, with commas between',
    complete: 'artifact',
  },
  collection: { type: 'string', alias: 'c', describe: 'Only what came from this one' },
  strategy: {
    type: 'string',
    choices: syncStrategies,
    describe: 'What becomes of what both changed (default: prompt on a terminal, else merge)',
  },
  conflicts: {
    type: 'string',
    choices: conflictRules,
    describe: 'What becomes of conflicts: leave, mark both versions, or take one side (default: stop)',
  },
  take: {
    type: 'string',
    describe: `Of single files, with commas between: PATH=${fileChoices.join('|')}, or TYPE:NAME/PATH=…`,
  },
} as const satisfies ArgSpecs

type Options = Omit<ParamsOf<'sync.preview'>, 'project' | 'direction'>

/** The parameters without what was not given. Errors: `cli.usage` for a choice that is none. */
export function toSyncOptions(
  { artifacts, collection, conflicts, take }: Partial<ArgsOf<typeof syncArgs>>,
  strategy: SyncStrategy | undefined,
): Options {
  return {
    ...(artifacts !== undefined && {
      artifacts: artifacts.split(',').filter(Boolean),
    }),
    ...(collection !== undefined && { collection }),
    ...(strategy !== undefined && { strategy }),
    ...(conflicts !== undefined && { conflicts }),
    ...(take !== undefined && { choices: take.split(betweenChoices).map(toChoice) }),
  }
}

/** A comma may also be a part of a path. */
const betweenChoices = new RegExp(`(?<==(?:${fileChoices.join('|')})),`)

/** `notes.txt=theirs`, `skill:demo/notes.txt=theirs`. */
function toChoice(text: string): NonNullable<Options['choices']>[number] {
  const [, artifact, path, take] = /^(?:([a-z_]+:[^/=]+)(?:\/|(?==)))?(.*)=([a-z]+)$/s.exec(text) ?? []
  const choice = fileChoices.find((each) => each === take)
  if (path === undefined || !choice)
    throw new SmdError('cli.usage', {
      reason: `"${text}" is no choice.`,
      usage: `--take PATH=${fileChoices.join('|')}`,
    })
  return { ...(artifact !== undefined && { artifact }), path, take: choice }
}
