/** What `--help` prints, from the commands' own data: of all commands, of a group, of one. */
import { type ArgSpec, type Command, globalArgs } from './command.ts'

/** First words of commands, in the order people meet them. A command that is in none of them is hidden. */
export const sections: ReadonlyArray<readonly [title: string, words: readonly string[]]> = [
  [
    'Look',
    [
      'open',
      'list',
      'search',
      'show',
      'where',
      'similar',
      'find-duplicates',
      'outdated',
      'diff',
      'watch',
      'history',
      'analytics',
    ],
  ],
  [
    'Collect',
    [
      'init',
      'collection',
      'active-collection',
      'add',
      'quick-add',
      'adopt',
      'remove',
      'consolidate',
      'verify',
      'tag',
      'group',
      'snapshot',
      'snapshots',
      'rollback',
    ],
  ],
  ['Deploy', ['deploy', 'undeploy', 'deployments', 'sets', 'profiles', 'undo']],
  ['Keep in step', ['sync-check', 'sync-preview', 'sync-pull', 'sync-push', 'update']],
  ['Manage', ['projects', 'sync', 'cache', 'upstream', 'config', 'backup', 'token', 'validate', 'gc']],
  ['Daemon', ['start', 'stop', 'restart', 'status', 'jobs', 'doctor', 'service']],
  ['Diagnosis', ['logs', 'metrics', 'support-bundle']],
  ['More', ['demo', 'help', 'completion']],
]

/** What commands of several words have in common. */
export const groupSummaries: Readonly<Record<string, string>> = {
  projects: 'The projects smd knows',
  diff: 'What differs: artifacts, files, folders, three versions',
  cache: 'What smd remembers of them: how fresh, read again, forget',
  'cache config': 'Settings of the cache',
  upstream: 'The places artifacts come from: list, ask for news',
  service: 'The daemon as a service that the system starts',
  config: 'Settings, kept in config.toml',
  analytics: 'What was done with artifacts, for you alone',
  collection: 'Libraries of your own: make, look into, use',
  add: 'Copy an artifact into a collection, by type',
  sets: 'Artifacts that are deployed together, by name',
  snapshot: 'Keep a collection as it is now, and look at what was kept',
  tag: 'Tags of artifacts in collections: define, give, take off',
  group: 'Groups of artifacts in collections, and the order in them',
  jobs: 'What the daemon does by itself, and when',
  token: 'Access for programs that use the daemon over HTTP',
  backup: 'Copies of settings and cache, one made every day',
}

type Style = (text: string) => string

/** All commands in sections, one line each, wrapped to `width` columns. `heading` paints a title. */
export function overview(commands: readonly Command[], width: number, heading: Style): string {
  const about = 'smd: what is where in all projects (skills, commands, agents, hooks, MCP servers, plugins)'
  return page([about, `${heading('Usage')}  smd COMMAND [options]`], width, heading, [
    ...sections.map(([title, words]) => ({ title, rows: words.map((word) => row(commands, word)) })),
    {
      title: null,
      rows: [
        ['--json', 'Every command: one JSON object on stdout'],
        ['--no-spawn', 'Do not start the daemon when it is not running'],
        ['--help', 'smd COMMAND --help says more about one command'],
        ['--version', 'Version of smd'],
      ],
    },
  ])
}

/** The verbs of a group such as `cache`. */
export function groupHelp(
  commands: readonly Command[],
  group: string,
  width: number,
  heading: Style,
): string {
  const rows = commands
    .filter(({ name, hidden }) => !hidden && name.startsWith(`${group} `))
    .map((command): Row => [`smd ${commandLine(command)}`, command.summary])
  const head = [`smd ${group} COMMAND [options]`, `${groupSummaries[group]}.`]
  return page(head, width, heading, [{ title: 'Commands', rows }, everyCommand])
}

/** One command with its arguments, options and examples. */
export function commandHelp(
  commands: readonly Command[],
  command: Command,
  width: number,
  heading: Style,
): string {
  const specs = Object.entries(command.args)
  const head = [`smd ${commandLine(command)} [options]`, `${command.summary}.`]
  return page(head, width, heading, [
    {
      title: 'Arguments',
      rows: specs.filter(([, spec]) => spec.positional).map(([name, spec]): Row => [name, describe(spec)]),
    },
    { title: 'Options', rows: specs.filter(([, spec]) => !spec.positional).map(optionRow) },
    everyCommand,
    { title: 'More', rows: below(commands, command) },
    { title: 'Examples', rows: command.examples.map(([line, what]): Row => [line, what]) },
  ])
}

/** Commands whose names go on where that of this one ends. */
const below = (commands: readonly Command[], { name }: Command): Row[] =>
  commands
    .filter((other) => !other.hidden && other.name.startsWith(`${name} `))
    .map((other) => [`smd ${commandLine(other)}`, other.summary])

type Row = [left: string, right: string]
type Section = { title: string | null; rows: Row[] }

const help: ArgSpec = { type: 'boolean', alias: 'h', describe: 'Show this' }
const everyCommand: Section = {
  title: 'Every command',
  rows: Object.entries({ ...globalArgs, help }).map(optionRow),
}

/** `-l, --limit <n>`. */
function optionRow([name, spec]: [string, ArgSpec]): Row {
  const letter = spec.alias ? `-${spec.alias}, ` : '    '
  const values = {
    number: ' <n>',
    string: ` <${spec.choices ? name : (spec.complete ?? 'text')}>`,
    boolean: '',
  }
  return [`${letter}--${name}${values[spec.type]}`, describe(spec)]
}

function describe({ describe: text, choices }: ArgSpec): string {
  return choices ? `${text}: ${choices.join(', ')}` : text
}

function page(head: string[], width: number, heading: Style, all: Section[]): string {
  const parts = head.map((line) => (line.includes('\u001b') ? line : wrap(line, width).join('\n')))
  for (const { title, rows } of all) {
    if (rows.length === 0) continue
    const indent = Math.max(...rows.map(([left]) => left.length)) + 4
    const lines = rows.map(([left, right]) => twoColumns(`  ${left}`, right, indent, width))
    parts.push([...(title === null ? [] : [heading(title)]), ...lines].join('\n'))
  }
  return parts.join('\n\n')
}

/** More than this would not fit a narrow terminal, columns. */
const LONGEST_VERBS = 28

/** `search <query..>`; for a group its verbs, as far as they are short: `projects list|show|add`. */
function row(commands: readonly Command[], word: string): Row {
  const command = commands.find(({ name }) => name === word)
  if (command) return [commandLine(command), command.summary]
  const verbs = verbsOf(commands, word).join('|')
  return [`${word} ${verbs.length > LONGEST_VERBS ? 'COMMAND' : verbs}`, groupSummaries[word] ?? '']
}

/** The words that may follow those of `prefix`. */
export function verbsOf(commands: readonly Command[], prefix: string): string[] {
  const verbs = commands
    .filter(({ name, hidden }) => !hidden && (prefix === '' || name.startsWith(`${prefix} `)))
    .map(({ name }) => name.slice(prefix === '' ? 0 : prefix.length + 1).split(' ')[0] as string)
  return [...new Set(verbs)]
}

/** Name and positionals of a command: `config set <key> <value>`. */
export function commandLine({ name, args }: Command): string {
  const positionals = Object.entries(args).flatMap(([arg, spec]) => {
    if (!spec.positional) return []
    const text = spec.many || spec.raw ? `${arg}..` : arg
    return [spec.required ? `<${text}>` : `[${text}]`]
  })
  return [name, ...positionals].join(' ')
}

function twoColumns(left: string, right: string, indent: number, width: number): string {
  // A narrow terminal gets the text below the name.
  const below = width - indent < 24
  const lines = wrap(right, width - (below ? 6 : indent))
  if (below) return [left, ...lines.map((line) => `      ${line}`)].join('\n')
  return lines.map((line, i) => (i === 0 ? left : '').padEnd(indent) + line).join('\n')
}

/** Breaks a text between words. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
