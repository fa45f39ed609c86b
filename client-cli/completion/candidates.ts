/** What may stand at the cursor of a half-typed command line, from the commands' own data. */
import { type ArgSpec, type Command, type CompletionKind, globalArgs } from '../command.ts'
import { groupSummaries, verbsOf } from '../help.ts'

export type Candidate = { value: string; what: string }

export type Completion =
  | { kind: 'words'; words: Candidate[] }
  | { kind: 'files' }
  /** Names the daemon knows; `lead` is what stands before them in the same word (`--project=`). */
  | { kind: 'names'; of: CompletionKind; prefix: string; lead: string }

const nothing: Completion = { kind: 'words', words: [] }

type Option = { name: string; spec: ArgSpec }

/**
 * `words` stand between `smd` and the word at the cursor, `current` is that word as far as it is typed, perhaps empty.
 */
export function completionsFor(
  commands: readonly Command[],
  words: readonly string[],
  current: string,
): Completion {
  let path = ''
  let given: string[] = []
  let waiting: Option | null = null
  let positionals = 0
  let optionsEnded = false
  for (const word of words) {
    if (waiting) waiting = null
    else if (word === '--') optionsEnded = true
    else if (word.startsWith('-') && !optionsEnded) {
      const option = optionsAt(commands, path).find((other) => isOption(other, word))
      if (option && !option.spec.many) given.push(option.name)
      waiting = option && option.spec.type !== 'boolean' && !word.includes('=') ? option : null
    } else {
      // Behind `smd demo` and `smd help`, a command line begins anew.
      if (startsAnew(commands, path)) [path, given, positionals] = ['', [], 0]
      const isVerb = verbsOf(commands, path).includes(word)
      if (isVerb && (!commandAt(commands, path) || positionals === 0)) path = `${path} ${word}`.trim()
      else positionals++
    }
  }
  if (waiting) return valuesOf(waiting.spec, current, '')
  if (current.startsWith('-') && !optionsEnded) return atOption(commands, path, given, current)
  const start = startsAnew(commands, path) ? '' : path
  if (!commandAt(commands, start)) {
    // A word that is no command: nothing can follow it.
    return positionals > 0 ? nothing : offer(verbsAt(commands, start), current)
  }
  // `smd diff fi`: the name of an artifact, or of another command.
  const verbs = positionals === 0 && current !== '' ? offer(verbsAt(commands, path), current) : nothing
  if (verbs.kind === 'words' && verbs.words.length > 0) return verbs
  const specs = Object.values(commandAt(commands, path)?.args ?? {}).filter((spec) => spec.positional)
  const spec = specs[positionals] ?? (specs.at(-1)?.many ? specs.at(-1) : undefined)
  return spec ? valuesOf(spec, current, '') : nothing
}

const commandAt = (commands: readonly Command[], path: string): Command | undefined =>
  commands.find((command) => command.name === path)

const startsAnew = (commands: readonly Command[], path: string): boolean =>
  Object.values(commandAt(commands, path)?.args ?? {}).some((spec) => spec.complete === 'command')

function verbsAt(commands: readonly Command[], path: string): Candidate[] {
  return verbsOf(commands, path).map((verb) => {
    const full = `${path} ${verb}`.trim()
    return { value: verb, what: commandAt(commands, full)?.summary ?? groupSummaries[full] ?? '' }
  })
}

function optionsAt(commands: readonly Command[], path: string): Option[] {
  const own = Object.entries(commandAt(commands, path)?.args ?? {})
  const help: ArgSpec = { type: 'boolean', describe: 'Show help' }
  return [...own, ...Object.entries(globalArgs), ['help', help] as const]
    .filter(([, spec]) => !('positional' in spec))
    .map(([name, spec]) => ({ name, spec }))
}

function isOption({ name, spec }: Option, word: string): boolean {
  const [typed] = word.split('=')
  return typed === `--${name}` || (spec.alias !== undefined && typed === `-${spec.alias}`)
}

function atOption(
  commands: readonly Command[],
  path: string,
  given: readonly string[],
  current: string,
): Completion {
  const options = optionsAt(commands, path)
  const equals = current.indexOf('=')
  if (equals !== -1) {
    const option = options.find((other) => isOption(other, current))
    return option ? valuesOf(option.spec, current.slice(equals + 1), current.slice(0, equals + 1)) : nothing
  }
  const left = options.filter(({ name }) => !given.includes(name))
  return offer(
    left.map(({ name, spec }) => ({ value: `--${name}`, what: spec.describe })),
    current,
  )
}

/** `lead` stays before what is offered, because the shell replaces the whole word. */
function valuesOf(spec: ArgSpec, prefix: string, lead: string): Completion {
  if (spec.choices) {
    const words = spec.choices.map((choice) => ({ value: lead + choice, what: '' }))
    return offer(words, lead + prefix)
  }
  if (spec.complete === undefined || spec.complete === 'command') return nothing
  if (spec.complete === 'path') return { kind: 'files' }
  return { kind: 'names', of: spec.complete, prefix, lead }
}

function offer(words: readonly Candidate[], prefix: string): Completion {
  return { kind: 'words', words: words.filter(({ value }) => value.startsWith(prefix)) }
}
