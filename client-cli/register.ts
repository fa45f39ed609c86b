/** Help, mistakes, and command lines that plain-args.ts does not understand; the only user of yargs. */
import type { Argv, Options } from 'yargs'
import { nearest } from '../daemon/kernel/config/nearest.ts'
import { ExitCode } from '../protocol/errors.ts'
import { VERSION } from '../protocol/version.ts'
import { checkArgs, explain, UsageProblem } from './argument-problems.ts'
import { type ArgSpec, type ArgSpecs, type Command, globalArgs } from './command.ts'
import { commandHelp, commandLine, groupHelp, groupSummaries, overview, verbsOf } from './help.ts'
import { createIo, type Io } from './io.ts'
import type { PlainArgs } from './plain-args.ts'

type Run = (command: Command, args: PlainArgs) => Promise<number>

/** Help is easier to read in lines of this length than across a wide screen. */
const MAX_WIDTH = 100

/** Parses with yargs and runs the command it finds; prints help or what is wrong otherwise. */
export async function runYargs(
  argv: readonly string[],
  commands: readonly Command[],
  run: Run,
  process: NodeJS.Process,
): Promise<number> {
  const io = createIo(process, { json: argv.includes('--json'), env: process.env })
  try {
    const target = findTarget(commands, argv)
    if (target.words.length > 0 && !asksForHelp(argv, target)) return await parse(argv, target, commands, run)
    const text =
      target.words.length === 0
        ? withoutCommand(argv, io, () => page(commands, target, io))
        : page(commands, target, io)
    process.stdout.write(`${text}\n`)
    return ExitCode.ok
  } catch (error) {
    if (!(error instanceof UsageProblem)) throw error
    io.fail(error.toSmdError())
    return ExitCode.usage
  }
}

/** The help of a command, of a group, or, without words, of all. Errors: `cli.usage` when there is no such command. */
export function helpText(commands: readonly Command[], words: readonly string[], io: Io): string {
  try {
    return page(commands, findTarget(commands, words), io)
  } catch (error) {
    if (error instanceof UsageProblem) throw error.toSmdError()
    throw error
  }
}

function page(commands: readonly Command[], { words, command }: Target, io: Io): string {
  const width = Math.min(Number.isFinite(io.columns) ? io.columns : 80, MAX_WIDTH)
  const heading = (text: string): string => io.paint('bold', text)
  if (words.length === 0) return overview(commands, width, heading)
  return command
    ? commandHelp(commands, command, width, heading)
    : groupHelp(commands, words.join(' '), width, heading)
}

/** `smd`, `smd --help`, `smd --version`. */
function withoutCommand(argv: readonly string[], io: Io, help: () => string): string {
  const allowed = ['--help', '-h', '--version', ...Object.keys(globalArgs).map((name) => `--${name}`)]
  const unknown = argv.find((word) => !allowed.includes(word))
  if (unknown !== undefined) {
    const meant = nearest(unknown, allowed)
    const hint = meant ? ` Did you mean ${meant}?` : ''
    throw new UsageProblem(`Unknown option ${unknown}.${hint}`, 'smd COMMAND')
  }
  if (!argv.includes('--version')) return help()
  return io.json ? JSON.stringify({ schema: 1, version: VERSION }) : VERSION
}

function asksForHelp(argv: readonly string[], { command }: Target): boolean {
  const own = untilRaw(argv, command)
  const end = own.indexOf('--')
  return own.slice(0, end === -1 ? own.length : end).some((word) => word === '--help' || word === '-h')
}

type Target = { words: string[]; command: Command | null }

/** The command or group that the words before the first argument name. */
function findTarget(commands: readonly Command[], argv: readonly string[]): Target {
  const words: string[] = []
  for (const word of argv) {
    if (word.startsWith('-')) {
      // Options may stand before the command only: behind it, a word may be the value of one.
      if (words.length > 0) break
      continue
    }
    const path = [...words, word].join(' ')
    if (!commands.some(({ name }) => name === path || name.startsWith(`${path} `))) {
      throw unknownCommand(commands, words.join(' '), word)
    }
    words.push(word)
    const command = commands.find(({ name }) => name === path)
    if (!command) continue
    // `diff files` is another command than `diff`, whose first argument would be `files`.
    const longer = commands.find(({ name }) => name === `${path} ${argv[argv.indexOf(word) + 1]}`)
    return longer ? { words: longer.name.split(' '), command: longer } : { words, command }
  }
  return { words, command: null }
}

function unknownCommand(commands: readonly Command[], group: string, word: string): UsageProblem {
  const verbs = verbsOf(commands, group)
  const meant = nearest(word, verbs)
  const full = (verb: string): string => ['smd', group, verb].filter(Boolean).join(' ')
  const text = `There is no command "${full(word)}".`
  return new UsageProblem(
    meant ? `${text} Did you mean: ${full(meant)}?` : text,
    group ? `smd ${group} ${verbs.join('|')}` : 'smd COMMAND   (all commands: smd --help)',
  )
}

async function parse(
  argv: readonly string[],
  { words, command }: Target,
  commands: readonly Command[],
  run: Run,
): Promise<number> {
  let code: number | null = null
  const { plain, restore } = hideTail(untilRaw(argv, command))
  // Others need not be built. The library itself is loaded here: the overview and mistyped names do without it.
  const path = words.join(' ')
  const relevant = commands.filter(({ name }) => name === path || name.startsWith(`${path} `))
  const { default: yargs } = await import('yargs')
  const parser = build(yargs(), relevant, async (found, parsed) => {
    const args = toPlainArgs(found, parsed, restore)
    checkArgs(found, args)
    code = await run(found, args)
  })
  try {
    await parser.parseAsync(plain, {}, (error) => {
      if (error) throw error
    })
  } catch (error) {
    if (error instanceof UsageProblem) throw error
    throw explain((error as Error).message, argv, command, words)
  }
  if (code === null) throw new Error(`yargs found no command in: ${argv.join(' ')}`)
  return code
}

/** What belongs to another command is not looked at: only a mistake before it brings such a line here. */
function untilRaw(argv: readonly string[], command: Command | null): string[] {
  if (!command || !Object.values(command.args).some((spec) => spec.raw)) return argv.slice()
  const own = argv.indexOf(command.name) + 1
  const end = argv.findIndex((word, i) => i >= own && !word.startsWith('-'))
  return end === -1 ? argv.slice() : argv.slice(0, end)
}

function build(
  parser: Argv,
  commands: readonly Command[],
  run: (command: Command, parsed: Record<string, unknown>) => Promise<void>,
): Argv {
  parser
    .scriptName('smd')
    .detectLocale(false)
    .version(false)
    .strict()
    .options(Object.fromEntries(Object.entries(globalArgs).map(([name, spec]) => [name, toYargs(spec)])))
    .help(false)
    .parserConfiguration({
      'camel-case-expansion': false,
      'boolean-negation': false,
      'dot-notation': false,
      'parse-positional-numbers': false,
      // An option that may be given several times takes one value each time, and leaves the words behind it alone.
      'greedy-arrays': false,
    })
    .exitProcess(false)
    .showHelpOnFail(false)
  addLevel(parser, commands, [], run)
  return parser
}

/** Commands of several words become nested yargs commands. */
function addLevel(
  parser: Argv,
  commands: readonly Command[],
  prefix: readonly string[],
  run: (command: Command, parsed: Record<string, unknown>) => Promise<void>,
): void {
  const words = new Set(commands.map((command) => command.name.split(' ')[prefix.length] ?? ''))
  for (const word of words) {
    const path = [...prefix, word].join(' ')
    const leaf = commands.find((command) => command.name === path)
    if (leaf) {
      addCommand(parser, leaf, word, run)
      continue
    }
    const children = commands.filter((command) => command.name.startsWith(`${path} `))
    parser.command(word, groupSummaries[path] ?? '', (group) => {
      addLevel(group, children, [...prefix, word], run)
      return group.demandCommand(1, `Which one: ${verbsOf(commands, path).join(', ')}?`)
    })
  }
}

function addCommand(
  parser: Argv,
  command: Command,
  word: string,
  run: (command: Command, parsed: Record<string, unknown>) => Promise<void>,
): void {
  const specs = Object.entries(command.args)
  const positionals = specs.filter(([, spec]) => spec.positional)
  const pattern = commandLine({ ...command, name: word })
  parser.command(
    pattern,
    (command.hidden ? false : command.summary) as string,
    (sub) => {
      for (const [name, spec] of positionals) sub.positional(name, toYargs(spec) as never)
      for (const [name, spec] of specs) if (!spec.positional) sub.option(name, toYargs(spec))
      return sub
    },
    (parsed) => run(command, parsed),
  )
}

/** The arguments of the command; of an option that was repeated, the last value counts. */
function toPlainArgs(
  command: Command,
  parsed: Record<string, unknown>,
  restore: (text: string) => string,
): PlainArgs {
  const args: PlainArgs = {}
  for (const [name, spec] of Object.entries({ ...command.args, ...globalArgs } as ArgSpecs)) {
    const values = [parsed[name]].flat().map((value) => (typeof value === 'string' ? restore(value) : value))
    if (values.at(-1) === undefined) continue
    args[name] = (spec.many ? values : values.at(-1)) as PlainArgs[string]
  }
  return args
}

/** yargs loses words behind `--` that begin with a dash: it gets others in their place, and they are put back. */
function hideTail(argv: readonly string[]): { plain: string[]; restore(text: string): string } {
  const end = argv.indexOf('--')
  if (end === -1) return { plain: argv.slice(), restore: (text) => text }
  const tail = argv.slice(end + 1)
  const names = tail.map((_, i) => `\u0000${i}`)
  const restore = (text: string): string => tail[names.indexOf(text)] ?? text
  return { plain: [...argv.slice(0, end), ...names], restore }
}

/** Choices and limits are checked by `checkArgs`, in words of our own. */
function toYargs(spec: ArgSpec): Options {
  const options: Options = { type: spec.type, describe: spec.describe }
  if (spec.alias) options.alias = spec.alias
  if (spec.many || spec.raw) options.array = true
  else if (spec.type !== 'boolean' && !spec.positional) options.requiresArg = true
  return options
}
