import { type ArtifactState, artifactStates } from '../../protocol/artifact-states.ts'
import { ExitCode } from '../../protocol/errors.ts'
import type { ResultOf } from '../../protocol/methods.ts'
import { artifactTypes } from '../../protocol/vocabulary.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import { formatAge, formatCount, plural } from '../format/values.ts'
import { fetchPages } from '../pages.ts'
import { projectRef } from './filters.ts'
import { checkSources, type SourceCheck, tellFailures } from './upstream/check-sources.ts'

type Answer = ResultOf<'artifacts.outdated'>
type Item = Answer['items'][number]
type Found = Omit<Answer, 'nextCursor'>

export const outdatedCommand = defineCommand({
  name: 'outdated',
  summary: 'List what has something newer upstream, as of the last check',
  examples: [
    ['smd outdated', 'At once, from the cache; says how old each answer is'],
    ['smd outdated --refresh --project .', 'Ask the sources of this project first'],
    ['smd outdated --all', 'Everything, with the reason where nothing can be told'],
    ['smd outdated --exit-code --json', 'For a script: exit code 10 when something is outdated'],
  ],
  args: {
    name: { type: 'string', positional: true, many: true, describe: 'Only these', complete: 'artifact' },
    project: {
      type: 'string',
      alias: 'p',
      describe: 'Only of this project: path, name or id',
      complete: 'project',
    },
    type: { type: 'string', alias: 't', choices: artifactTypes, describe: 'Only artifacts of this type' },
    state: {
      type: 'string',
      choices: artifactStates,
      describe: 'Only in this state (default: outdated, diverged)',
    },
    all: { type: 'boolean', alias: 'a', describe: 'In every state' },
    refresh: { type: 'boolean', alias: 'r', describe: 'Ask the sources first' },
    'exit-code': { type: 'boolean', describe: 'End with 10 when something is outdated' },
  },
  async run({ call, io, cwd }, { name, project, type, state, all, refresh, 'exit-code': exitCode }) {
    const of = project === undefined ? {} : { project: projectRef(project, cwd) }
    const check = refresh ? await checkSources({ call, io }, { ...of, force: true }) : null
    const filter = {
      ...of,
      ...(type !== undefined && { type }),
      ...(name !== undefined && name.length > 0 && { names: name }),
      ...(all ? { states: [...artifactStates] } : state !== undefined && { states: [state] }),
    }
    const found = await fetchPages<Item, Answer>((page) => call('artifacts.outdated', { ...filter, ...page }))
    if (io.json) io.value(check ? { ...found, check } : found)
    else await print(io, found, { check, isWhole: all === true || state === 'unknown' })
    const isBehind = found.states.outdated + found.states.diverged > 0
    return exitCode && isBehind ? ExitCode.outdated : ExitCode.ok
  },
})

/** The same artifact in several projects is one line. */
type Line = Item & { places: string[] }

async function print(
  io: CommandContext['io'],
  found: Found,
  { check, isWhole }: { check: SourceCheck | null; isWhole: boolean },
): Promise<void> {
  const lines = grouped(found.items)
  const now = Date.now()
  const hasReasons = lines.some(({ reason }) => reason !== null)
  if (lines.length > 0) {
    await io.table<Line>(lines, [
      { title: 'NAME', text: (a) => a.name, style: () => 'bold', shrink: 16 },
      { title: 'TYPE', text: (a) => a.type, drop: 3 },
      { title: 'PROJECT', text: (a) => placesOf(a), shrink: 12, drop: 2 },
      { title: 'DEPLOYED', text: (a) => a.deployedVersion ?? '-', shrink: 8, drop: 4 },
      { title: 'UPSTREAM', text: (a) => a.upstreamVersion ?? '-', shrink: 8 },
      { title: 'STATE', text: (a) => a.state, style: (a) => styleOf(a.state) },
      { title: 'CHECKED', text: (a) => ageOf(a, now), drop: 1 },
      ...(hasReasons
        ? [{ title: 'REASON', text: (a: Line) => a.reason?.message ?? '', shrink: 20, drop: 5 }]
        : []),
    ])
  }
  if (check) tellFailures(io, check)
  const [behind] = lines.filter(({ state }) => state === 'outdated' || state === 'diverged')
  if (behind) io.note(`See what is new: smd diff ${behind.name}`)
  for (const line of summary(found, { isWhole, isChecked: check !== null, now })) io.note(line)
}

function grouped(items: readonly Item[]): Line[] {
  const lines = new Map<string, Line>()
  for (const item of items) {
    const { name, type, source, deployedVersion, upstreamVersion, state, reason, checkedAt } = item
    const reasonCode = reason?.code
    const key = JSON.stringify([
      name,
      type,
      source,
      deployedVersion,
      upstreamVersion,
      state,
      reasonCode,
      checkedAt,
    ])
    const place = item.project?.name ?? item.scope
    const known = lines.get(key)
    if (known) known.places.push(place)
    else lines.set(key, { ...item, places: [place] })
  }
  return [...lines.values()]
}

/** The first projects by name, and how many more. */
function placesOf({ places }: Line): string {
  const names = [...new Set(places)].sort()
  return names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ')
}

function ageOf({ checkedAt, failure }: Item, now: number): string {
  if (failure && checkedAt === null) return 'failed'
  return failure ? `${formatAge(checkedAt, now)}, failed since` : formatAge(checkedAt, now)
}

function styleOf(state: ArtifactState): 'yellow' | 'dim' | null {
  if (state === 'current' || state === 'untracked') return 'dim'
  return state === 'unknown' ? null : 'yellow'
}

type Situation = { isWhole: boolean; isChecked: boolean; now: number }

/** What the rows do not say: how many there are beside them, what is not known and why, how old the answers are. */
function summary(
  { states, unknown, oldestCheckAt }: Found,
  { isWhole, isChecked, now }: Situation,
): string[] {
  const behind = states.outdated + states.diverged
  const compared = behind + states.current + states.modified
  const lines: string[] = []
  if (compared > 0) {
    lines.push(
      behind === 0
        ? `Nothing is outdated; ${plural(compared, 'artifact')} compared.`
        : `${formatCount(behind)} of ${plural(compared, 'artifact')} compared ${behind === 1 ? 'is' : 'are'} outdated.`,
    )
  } else if (states.unknown === 0) {
    lines.push('Nothing here has a recorded source, so nothing can be outdated.')
  }
  if (states.unknown > 0) {
    const reasons = unknown.map(({ count, message }) => `  ${formatCount(count)}: ${message}`)
    const hint = isWhole ? '' : ' (list them with: --state unknown)'
    lines.push(`${formatCount(states.unknown)} unknown${hint}:`, ...reasons)
  }
  const isUnasked = unknown.some(({ code }) => code === 'never_checked')
  if (isUnasked && !isChecked) lines.push('Ask the sources with: smd outdated --refresh')
  else if (oldestCheckAt !== null) lines.push(`Oldest answer: ${formatAge(oldestCheckAt, now)}.`)
  return lines
}
