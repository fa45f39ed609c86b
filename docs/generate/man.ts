/** Manual pages in the language of man(7): one of smd, one of each command, from the commands' own data. */
import { type ArgSpec, type Command, globalArgs } from '../../client-cli/command.ts'
import { coldCommands } from '../../client-cli/commands/cold.ts'
import { hotCommands } from '../../client-cli/commands/hot.ts'
import { commandLine, groupSummaries, sections } from '../../client-cli/help.ts'
import { resolvePaths } from '../../daemon/kernel/config/paths.ts'
import { ExitCode } from '../../protocol/errors.ts'
import { settingKeys, settingSpec } from '../../protocol/settings.ts'
import { VERSION } from '../../protocol/version.ts'
import { exitMeanings } from './errors.ts'

/** Every page by the name of its file. */
export function manPages(): Record<string, string> {
  const commands = [...hotCommands, ...coldCommands].filter((command) => !command.hidden)
  return {
    'smd.1': overviewPage(commands),
    ...Object.fromEntries(
      commands.map((command) => [`${pageName(command)}.1`, commandPage(command, commands)]),
    ),
  }
}

/** The pages as package.json names them. */
export const packedManPages = (): string[] =>
  Object.keys(manPages())
    .toSorted()
    .map((name) => `dist/man/${name}`)

const pageName = ({ name }: Command): string => `smd-${name.replaceAll(' ', '-')}`

/**
 * A text as man(7) prints it: a backslash is no escape, a dash is the one of the keyboard, a dot or an apostrophe at the
 * beginning of a line is no request, and every other character is named by its number, whatever the reader's encoding.
 */
export function roff(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll('"', '\\(dq')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is what has to be named
    .replace(/[^\u0000-\u007f]/gu, (sign) => `\\[u${hex(sign)}]`)
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped
}

const hex = (sign: string): string => (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')

const bold = (text: string): string => `\\fB${roff(text)}\\fR`
const italic = (text: string): string => `\\fI${roff(text)}\\fR`

type Entry = readonly [term: string, text: string]

/** A term and, indented below it, what it is; both are in the language of man(7) already. */
const entries = (list: readonly Entry[]): string[] => list.flatMap(([term, text]) => ['.TP', term, text])
const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`.SH ${title}`, ...lines]

function manPage(name: string, summary: string, body: readonly string[]): string {
  const head = `.TH ${roff(name.toUpperCase())} 1 "" "smd ${VERSION}" "smd manual"`
  return `${[head, ...section('NAME', [`${roff(name)} \\- ${roff(lowerFirst(summary))}`]), ...body].join('\n')}\n`
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

function overviewPage(commands: readonly Command[]): string {
  const describe = 'what is where in all projects: skills, commands, agents, hooks, MCP servers, plugins'
  return manPage('smd', describe, [
    ...section('SYNOPSIS', [`${bold('smd')} ${italic('command')} [${italic('option')} ...]`]),
    ...section('DESCRIPTION', [
      'A small daemon reads the projects of this machine once, keeps what it found in a cache, and answers over a',
      'private socket. Commands start it when they need it. It changes no file of a project and uses no network.',
      '.PP',
      `Every command has a page of its own, such as ${bold('smd-list')}(1).`,
    ]),
    ...section(
      'COMMANDS',
      sections.flatMap(([title, words]) => [`.SS ${title}`, ...rows(commands, words)]),
    ),
    ...section('OPTIONS', entries([...Object.entries(everyCommand).map(optionEntry), versionEntry])),
    ...section('EXIT STATUS', exitEntries()),
    ...section('ENVIRONMENT', environmentEntries()),
    ...section('FILES', fileEntries()),
    ...section('SEE ALSO', seeAlso(commands.map(pageName))),
  ])
}

const help: ArgSpec = { type: 'boolean', alias: 'h', describe: 'Show help' }
const everyCommand = { ...globalArgs, help }
const versionEntry: Entry = [bold('--version'), 'Print the version of smd.']

/** The commands that begin with these words; a group says what they have in common. */
function rows(commands: readonly Command[], words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const own = commands.filter(({ name }) => name === word || name.startsWith(`${word} `))
    const common = groupSummaries[word]
    return [
      ...(common ? ['.PP', `${roff(common)}:`] : []),
      ...entries(own.map((command): Entry => [synopsis(command), `${roff(command.summary)}.`])),
    ]
  })
}

const synopsis = (command: Command): string => {
  const [name = '', ...positionals] = splitAt(commandLine(command), command.name.length)
  return [bold(`smd ${name}`), ...positionals.map((words) => italic(words.trim()))].join(' ')
}
const splitAt = (text: string, at: number): string[] => [text.slice(0, at), text.slice(at)].filter(Boolean)

function commandPage(command: Command, commands: readonly Command[]): string {
  const specs: Array<[string, ArgSpec]> = Object.entries(command.args)
  const positionals = specs.filter(([, spec]) => spec.positional)
  const options = specs.filter(([, spec]) => !spec.positional)
  const [group] = command.name.split(' ')
  const siblings = commands.filter(({ name }) => name !== command.name && name.split(' ')[0] === group)
  return manPage(pageName(command), command.summary, [
    ...section('SYNOPSIS', [`${synopsis(command)} [${italic('option')} ...]`]),
    ...section('DESCRIPTION', [`${roff(command.summary)}.`]),
    ...section(
      'ARGUMENTS',
      entries(positionals.map(([name, spec]): Entry => [italic(name), `${roff(textOf(spec))}.`])),
    ),
    ...section('OPTIONS', entries([...options, ...Object.entries(everyCommand)].map(optionEntry))),
    ...section(
      'EXAMPLES',
      entries(command.examples.map(([line, what]): Entry => [bold(line), `${roff(what)}.`])),
    ),
    ...section('EXIT STATUS', [`As ${bold('smd')}(1) says.`]),
    ...section('SEE ALSO', seeAlso(['smd', ...siblings.map(pageName)])),
  ])
}

function optionEntry([name, spec]: [string, ArgSpec]): Entry {
  const value = spec.type === 'boolean' ? '' : ` ${italic(spec.type === 'number' ? 'n' : 'value')}`
  const short = spec.alias ? `${bold(`-${spec.alias}`)}, ` : ''
  return [`${short}${bold(`--${name}`)}${value}`, `${roff(textOf(spec))}.`]
}

const textOf = ({ describe, choices }: ArgSpec): string =>
  choices ? `${describe}: ${choices.join(', ')}` : describe

const exitEntries = (): string[] =>
  entries(
    Object.entries(ExitCode).map(([name, code]) => [
      bold(`${code}`),
      `${roff(exitMeanings[name as keyof typeof ExitCode])}.`,
    ]),
  )

function environmentEntries(): string[] {
  const fixed: ReadonlyArray<readonly [string, string]> = [
    ['SMD_HOME', 'One folder for everything smd keeps, instead of those below'],
    ['XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR', 'Where the folders below lie'],
    ['CLAUDE_CONFIG_DIR', 'The folder of Claude Code, instead of ~/.claude'],
    ['SKILLMEAT_COLLECTION_DIR', 'The collection of SkillMeat, instead of ~/.skillmeat'],
    ['NO_COLOR, FORCE_COLOR', 'No colours, or colours also where the output is no terminal'],
  ]
  const settings = settingKeys.flatMap((key): Array<readonly [string, string]> => {
    const { env } = settingSpec(key)
    return env === null ? [] : [[env, `Overrides the setting ${key}`]]
  })
  return entries([...fixed, ...settings].map(([name, text]): Entry => [bold(name), `${roff(text)}.`]))
}

/** As on Linux without any variable set. */
function fileEntries(): string[] {
  const { configFile, cacheDb, logFile } = resolvePaths({}, 'linux', '~', null, () => '/')
  return entries([
    [italic(configFile), 'Settings.'],
    [italic(cacheDb), 'The cache; it may be deleted while the daemon is stopped.'],
    [italic(logFile), 'What the daemon did.'],
    [italic('$XDG_RUNTIME_DIR/smd/smd.sock'), 'The socket of the daemon.'],
  ])
}

const seeAlso = (names: readonly string[]): string[] => [names.map((name) => `${bold(name)}(1)`).join(', ')]
