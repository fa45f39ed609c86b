import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ArgSpecs, type Command, globalArgs } from '../../client-cli/command.ts'
import { coldCommands } from '../../client-cli/commands/cold.ts'
import { hotCommands } from '../../client-cli/commands/hot.ts'
import { type PlainArgs, readPlainArgs } from '../../client-cli/plain-args.ts'
import { runYargs } from '../../client-cli/register.ts'
import { fakeTerminal } from '../support/fake-terminal.ts'

const commands = [...hotCommands, ...coldCommands]
const named = (name: string): Command => {
  const command = commands.find((other) => other.name === name)
  if (!command) throw new Error(`there is no command ${name}`)
  return command
}
const read = (name: string, argv: string[]): PlainArgs | null =>
  readPlainArgs({ ...named(name).args, ...globalArgs }, argv)

describe('readPlainArgs', () => {
  it.each<[string, string[], PlainArgs]>([
    ['list', [], {}],
    ['list', ['--type', 'skill', '--json'], { type: 'skill', json: true }],
    ['list', ['--type=skill', '-l', '5'], { type: 'skill', limit: 5 }],
    ['list', ['--no-cache', '--no-spawn'], { 'no-cache': true, 'no-spawn': true }],
    ['list', ['--tag', '007'], { tag: '007' }],
    ['list', ['--tag=a=b'], { tag: 'a=b' }],
    [
      'search',
      ['pull', 'request', '--limit', '3', 'today'],
      { query: ['pull', 'request', 'today'], limit: 3 },
    ],
    ['search', ['--', '--json', '-x'], { query: ['--json', '-x'] }],
    ['search', ['42'], { query: ['42'] }],
    ['cache clear', ['-y'], { yes: true }],
    ['config set', ['discovery.roots', ''], { key: 'discovery.roots', value: '' }],
    [
      'demo',
      ['--json', 'list', '--type', 'skill', '--'],
      { json: true, command: ['list', '--type', 'skill', '--'] },
    ],
  ])('%s %j', (name, argv, expected) => {
    expect(read(name, argv)).toEqual(expected)
  })

  it.each<[what: string, name: string, argv: string[]]>([
    ['an unknown option', 'list', ['--lmit', '3']],
    ['a word too many', 'list', ['foo']],
    ['a missing value', 'list', ['--limit']],
    ['an option instead of a value', 'list', ['--tag', '--json']],
    ['a missing positional', 'show', ['--json']],
    ['a repeated option', 'list', ['--tag', 'a', '--tag', 'b']],
    ['a value that is no choice', 'list', ['--type', 'skil']],
    ['a number below the least', 'list', ['--limit', '0']],
    ['a negative number', 'list', ['--limit', '-1']],
    ['a number above the most', 'search', ['x', '--limit', '201']],
    ['a fraction', 'list', ['--limit', '1.5']],
    ['letters for a number', 'list', ['--limit', 'many']],
    ['an empty text', 'list', ['--tag=']],
    ['quotes around a value', 'deploy', ["--project='q'"]],
    ['letters in a bunch', 'cache refresh', ['-fx']],
    ['a value for a flag', 'list', ['--json=false']],
    ['a flag before true or false', 'search', ['--json', 'true']],
    ['a lone dash', 'list', ['-']],
    ['help', 'list', ['--help']],
  ])('leaves %s to yargs', (_, name, argv) => {
    expect(read(name, argv)).toBeNull()
  })

  it('reads what it accepts as yargs does', async () => {
    const some = fc.constantFrom(...commands.filter(({ name }) => name !== 'demo' && name !== '__complete'))
    const line = some.chain((command) =>
      fc.tuple(fc.constant(command), fc.array(word(command), { maxLength: 6 })),
    )
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(line, async ([command, words]) => {
        const argv = words.flat()
        const plain = readPlainArgs({ ...command.args, ...globalArgs }, argv)
        if (plain === null) return
        accepted++
        expect(await readWithYargs(command, argv)).toEqual(plain)
      }),
      { numRuns: 1_500 },
    )
    expect(accepted).toBeGreaterThan(200)
  })
})

/** Words that could stand behind a command: mostly right ones, so that many lines are accepted. */
function word(command: Command): fc.Arbitrary<string[]> {
  const specs: ArgSpecs = { ...command.args, ...globalArgs }
  const value = fc.oneof(
    fc.constantFrom(
      'a',
      '5',
      '007',
      '1e3',
      '0x10',
      'true',
      'a=b',
      'a.b',
      'ä ö',
      'x'.repeat(40),
      "'q'",
      '"',
      '.',
      '日本',
    ),
    fc.string({ unit: 'grapheme', maxLength: 6 }),
  )
  const options = Object.entries(specs).flatMap(([name, spec]) => {
    if (spec.positional) return []
    const names = spec.alias ? [`--${name}`, `-${spec.alias}`] : [`--${name}`]
    if (spec.type === 'boolean') return [fc.constantFrom(...names).map((text) => [text])]
    const fitting = spec.choices
      ? fc.constantFrom(...spec.choices)
      : spec.type === 'number'
        ? fc.integer({ min: -2, max: 300 }).map(String)
        : value
    return [
      fc.tuple(fc.constantFrom(...names), fitting).map(([text, given]) => [text, given]),
      fc.tuple(fc.constantFrom(...names), fitting).map(([text, given]) => [`${text}=${given}`]),
    ]
  })
  return fc.oneof(
    { weight: 2, arbitrary: value.filter((text) => text !== '--').map((text) => [text]) },
    { weight: 3, arbitrary: fc.oneof(...options) },
  )
}

async function readWithYargs(command: Command, argv: string[]): Promise<PlainArgs | string> {
  const terminal = fakeTerminal()
  let seen: PlainArgs | null = null
  const code = await runYargs(
    [...command.name.split(' '), ...argv],
    commands,
    async (_, args) => {
      seen = args
      return 0
    },
    terminal.process,
  )
  return seen ?? `exit ${code}: ${terminal.stdout()}${terminal.stderr()}`
}
