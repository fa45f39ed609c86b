/** What can be wrong with a command line, in words that say what to type instead. */
import { nearest } from '../daemon/kernel/config/nearest.ts'
import { SmdError } from '../protocol/errors.ts'
import { type ArgSpec, type Command, globalArgs } from './command.ts'
import { commandLine, groupSummaries } from './help.ts'
import { inRange, type PlainArgs } from './plain-args.ts'

/** A mistake in the command line; `usage` shows its right form. */
export class UsageProblem extends Error {
  readonly usage: string

  constructor(reason: string, usage: string) {
    super(reason)
    this.usage = usage
  }

  toSmdError(): SmdError {
    return new SmdError('cli.usage', { reason: this.message, usage: this.usage })
  }
}

/** Checks what yargs read: choices, limits, texts of no characters. Errors: `UsageProblem`. */
export function checkArgs(command: Command, args: PlainArgs): void {
  for (const [name, spec] of Object.entries(command.args)) {
    const value = args[name]
    if (value === undefined) continue
    const problem = [value]
      .flat()
      .reduce<string | null>((found, one) => found ?? check(name, spec, one), null)
    if (problem !== null) throw new UsageProblem(problem, usageOf(command))
  }
}

function check(name: string, spec: ArgSpec, value: string | number | boolean): string | null {
  const shown = spec.positional ? `<${name}>` : `--${name}`
  if (spec.type === 'number' && !inRange(spec, Number(value))) return `${shown} must be ${rangeOf(spec)}.`
  if (value === '' && !spec.mayBeEmpty) return `${shown} must not be empty.`
  if (!spec.choices || spec.choices.includes(String(value))) return null
  const meant = nearest(String(value), spec.choices)
  const hint = meant ? ` Did you mean ${meant}?` : ''
  return `${shown} cannot be "${value}".${hint} Choose one of: ${spec.choices.join(', ')}.`
}

function rangeOf({ min, max }: ArgSpec): string {
  if (min !== undefined && max !== undefined) return `a whole number from ${min} to ${max}`
  return min === undefined ? 'a whole number' : `a whole number, at least ${min}`
}

/** A message of yargs in our words. `words` name the command or group. */
export function explain(
  message: string,
  argv: readonly string[],
  command: Command | null,
  words: readonly string[],
): UsageProblem {
  if (!command) {
    const group = words.join(' ')
    return new UsageProblem(message, `smd ${group} COMMAND   (${groupSummaries[group]}: smd ${group} --help)`)
  }
  const unknown = /^Unknown arguments?: (.*)$/s.exec(message)?.[1]
  if (unknown !== undefined)
    return new UsageProblem(unknownArgument(unknown, argv, command), usageOf(command))
  if (message.startsWith('Not enough non-option arguments')) {
    const missing = commandLine(command)
      .split(' ')
      .filter((part) => part.startsWith('<'))
    return new UsageProblem(`It needs ${missing.join(' and ')}.`, usageOf(command))
  }
  const starving = /^Not enough arguments following: (.*)$/.exec(message)?.[1]
  return new UsageProblem(starving ? `--${starving} needs a value.` : message, usageOf(command))
}

function unknownArgument(names: string, argv: readonly string[], command: Command): string {
  const [name = ''] = names.split(', ')
  const option = argv.find((word) => word.startsWith('-') && word.replace(/^-+/, '').split('=')[0] === name)
  const cluster = argv.find((word) => /^-[^-]/.test(word) && word.includes(name))
  if (!option && (!cluster || argv.includes(name))) return `"${name}" is one word too many.`
  const known = Object.entries({ ...command.args, ...globalArgs })
    .filter(([, spec]) => !('positional' in spec))
    .map(([known]) => `--${known}`)
  const shown = option?.split('=')[0] ?? `-${name}`
  const meant = nearest(shown, known)
  return `Unknown option ${shown}.${meant ? ` Did you mean ${meant}?` : ''}`
}

function usageOf(command: Command): string {
  return `smd ${commandLine(command)} [options]   (more: smd ${command.name} --help)`
}
