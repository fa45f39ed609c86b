/** The only user of yargs: help, mistakes, completion, and command lines that plain-args.ts does not understand. */
import yargs, { type Argv, type Options } from 'yargs'
import { ExitCode } from '../protocol/errors.ts'
import { VERSION } from '../protocol/version.ts'
import { type ArgSpec, type Command, globalArgs } from './command.ts'
import type { PlainArgs } from './plain-args.ts'

type Run = (command: Command, args: PlainArgs) => Promise<number>

/** Parses with yargs and runs the command it finds; prints help or what is wrong otherwise. */
export async function runYargs(
  argv: readonly string[],
  commands: readonly Command[],
  run: Run,
  { stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>,
): Promise<number> {
  let code: number | null = null
  const parser = build(commands, async (command, args) => {
    code = await run(command, args)
  })
  const width = stdout.isTTY ? Math.min(stdout.columns || 80, 100) : 80
  parser.wrap(width)
  const output = await new Promise<{ error: Error | undefined; text: string }>((resolve) => {
    void Promise.resolve(
      parser.parse(argv.slice(), {}, (error: Error | undefined, _: unknown, text: string) =>
        resolve({ error, text }),
      ),
    )
  })
  if (code !== null) return code
  const { error, text } = output
  if (error && !text) throw error
  const wrong = error !== undefined && error !== null
  ;(wrong ? stderr : stdout).write(`${text}\n`)
  return wrong ? ExitCode.usage : ExitCode.ok
}

function build(
  commands: readonly Command[],
  run: (command: Command, args: PlainArgs) => Promise<void>,
): Argv {
  const parser = yargs()
    .scriptName('smd')
    .version(VERSION)
    .usage(
      '$0 COMMAND\n\nWhat is where in all projects: skills, commands, agents, hooks, MCP servers, plugins.',
    )
    .strict()
    .demandCommand(1, 'Which command? The list is above.')
    .recommendCommands()
    .alias('help', 'h')
    .parserConfiguration({
      'camel-case-expansion': false,
      'boolean-negation': false,
      'duplicate-arguments-array': false,
    })
    .exitProcess(false)
    .showHelpOnFail(true)
  addLevel(parser, commands, [], run)
  return parser
}

/** Commands of several words become nested yargs commands. */
function addLevel(
  parser: Argv,
  commands: readonly Command[],
  prefix: readonly string[],
  run: (command: Command, args: PlainArgs) => Promise<void>,
): void {
  const words = new Set(commands.map((command) => command.name.split(' ')[prefix.length] ?? ''))
  for (const word of words) {
    const path = [...prefix, word]
    const below = commands.filter(
      (command) => command.name === path.join(' ') || command.name.startsWith(`${path.join(' ')} `),
    )
    const leaf = below.find((command) => command.name === path.join(' '))
    const children = below.filter((command) => command !== leaf)
    if (leaf && children.length === 0) addCommand(parser, leaf, word, run)
    else {
      const summary = `${children
        .map((child) => child.name.split(' ').at(prefix.length + 1))
        .filter((name, i, all) => all.indexOf(name) === i)
        .join(', ')}`
      parser.command(word, summary, (group) => {
        addLevel(group, children, path, run)
        return group.demandCommand(1, `Which of: ${summary}?`)
      })
    }
  }
}

function addCommand(
  parser: Argv,
  command: Command,
  word: string,
  run: (command: Command, args: PlainArgs) => Promise<void>,
): void {
  const specs = Object.entries(command.args)
  const positionals = specs.filter(([, spec]) => spec.positional)
  const pattern = positionals.map(([name, spec]) => {
    const many = spec.many ? '..' : ''
    return spec.required ? `<${name}${many}>` : `[${name}${many}]`
  })
  parser.command(
    [word, ...pattern].join(' '),
    command.summary,
    (sub) => {
      for (const [name, spec] of positionals) sub.positional(name, toYargs(spec) as never)
      for (const [name, spec] of [...specs, ...Object.entries(globalArgs)]) {
        if (!('positional' in spec)) sub.option(name, toYargs(spec))
      }
      for (const [line, what] of command.examples) sub.example(line, what)
      return sub
    },
    async (parsed) => {
      const known = [...specs.map(([name]) => name), ...Object.keys(globalArgs)]
      await run(
        command,
        Object.fromEntries(
          known.flatMap((name) => (parsed[name] === undefined ? [] : [[name, parsed[name]]])),
        ) as PlainArgs,
      )
    },
  )
}

function toYargs(spec: ArgSpec): Options {
  const options: Options = { type: spec.type, describe: spec.describe }
  if (spec.alias) options.alias = spec.alias
  if (spec.choices) options.choices = spec.choices
  if (spec.many) options.array = true
  else if (spec.type !== 'boolean' && !spec.positional) options.requiresArg = true
  if (spec.required) options.demandOption = true
  return options
}
