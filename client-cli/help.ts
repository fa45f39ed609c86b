/** The page of `smd --help`: all commands in groups, one line each. */
import type { Command } from './command.ts'

/** First words of commands, in the order people meet them. A command that is in none of them is hidden. */
export const sections: ReadonlyArray<readonly [title: string, words: readonly string[]]> = [
  ['Look', ['list', 'search', 'show', 'where']],
  ['Manage', ['projects', 'cache', 'config', 'validate']],
  ['Daemon', ['start', 'stop', 'status', 'doctor']],
  ['More', ['demo', 'completion']],
]

/** What commands of several words have in common. */
export const groupSummaries: Readonly<Record<string, string>> = {
  projects: 'The projects smd knows',
  cache: 'What smd remembers of them: how fresh, read again, forget',
  'cache config': 'Settings of the cache',
  config: 'Settings, kept in config.toml',
}

type Style = (text: string) => string

/** The whole page, wrapped to `width` columns. `heading` paints a title. */
export function overview(commands: readonly Command[], width: number, heading: Style): string {
  const lines = sections.map(([title, words]) => ({ title, rows: words.map((word) => row(commands, word)) }))
  const nameWidth = Math.max(...lines.flatMap(({ rows }) => rows.map(([name]) => name.length))) + 4
  const body = lines.flatMap(({ title, rows }) => [
    heading(title),
    ...rows.map(([name, summary]) => twoColumns(`  ${name}`, summary, nameWidth, width)),
    '',
  ])
  return [
    ...wrap(
      'smd: what is where in all projects (skills, commands, agents, hooks, MCP servers, plugins)',
      width,
    ),
    '',
    `${heading('Usage')}  smd COMMAND [options]`,
    '',
    ...body,
    twoColumns('  --json', 'Every command: one JSON object on stdout', nameWidth, width),
    twoColumns('  --no-spawn', 'Do not start the daemon when it is not running', nameWidth, width),
    twoColumns('  --help', 'smd COMMAND --help says more about one command', nameWidth, width),
    twoColumns('  --version', 'Version of smd', nameWidth, width),
  ].join('\n')
}

/** `search <query..>`; for a group its verbs: `projects list|show|add`. */
function row(commands: readonly Command[], word: string): [name: string, summary: string] {
  const command = commands.find(({ name }) => name === word)
  if (command) return [commandLine(command), command.summary]
  return [`${word} ${verbsOf(commands, word).join('|')}`, groupSummaries[word] ?? '']
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
