import { type ArgSpec, type Command, globalArgs } from '../../client-cli/command.ts'
import { coldCommands } from '../../client-cli/commands/cold.ts'
import { hotCommands } from '../../client-cli/commands/hot.ts'
import { anchor, code, page, table } from './markdown.ts'

export function cliPage(): string {
  const commands = [...hotCommands, ...coldCommands]
    .filter((command) => !command.hidden)
    .toSorted((a, b) => a.name.localeCompare(b.name))
  return page({
    title: 'Command line',
    description: 'Every command of smd with its arguments and examples.',
    source: 'client-cli/commands',
    body: [
      'Data goes to stdout, remarks to stderr. Commands that need the daemon start it when it is not running. Every',
      'command has the options at the end of this page. Exit codes are explained in [Errors](errors.md#exit-codes).',
      '',
      ...table(
        ['Command', 'What it does'],
        commands.map(({ name, summary }) => [`[${code(`smd ${name}`)}](#${anchor(`smd ${name}`)})`, summary]),
      ),
      ...commands.flatMap(section),
      '## Options of every command',
      '',
      ...argTable({ ...globalArgs, help: { type: 'boolean', alias: 'h', describe: 'Show help' } }),
    ],
  })
}

function section({ name, summary, args, examples }: Command): string[] {
  const specs: Array<[string, ArgSpec]> = Object.entries(args)
  const words = specs.filter(([, spec]) => spec.positional).map(([arg, spec]) => placeOf(arg, spec))
  const options = specs.some(([, spec]) => !spec.positional) ? ['[options]'] : []
  return [
    `## smd ${name}`,
    '',
    `${summary}.`,
    '',
    '```sh',
    ['smd', name, ...words, ...options].join(' '),
    '```',
    '',
    ...(specs.length > 0 ? argTable(args) : []),
    ...examples.flatMap(([line, what]) => [`- ${code(line)}: ${what}`]),
    '',
  ]
}

function argTable(args: Record<string, ArgSpec>): string[] {
  return table(
    ['Argument', 'What it is', 'Values'],
    Object.entries(args).map(([name, spec]) => [
      spec.positional ? code(placeOf(name, spec)) : optionOf(name, spec),
      spec.describe,
      valuesOf(spec),
    ]),
  )
}

function placeOf(name: string, { required, many, raw }: ArgSpec): string {
  const word = name.toUpperCase() + (many || raw ? '…' : '')
  return required ? word : `[${word}]`
}

const optionOf = (name: string, { alias }: ArgSpec): string =>
  code(`--${name}`) + (alias ? `, ${code(`-${alias}`)}` : '')

function valuesOf({ type, choices, min, max }: ArgSpec): string {
  if (choices) return choices.map(code).join(', ')
  if (type === 'boolean') return 'flag'
  if (type !== 'number') return 'text'
  if (min === undefined && max === undefined) return 'number'
  return max === undefined ? `number from ${min}` : `number from ${min ?? 'any'} to ${max}`
}
