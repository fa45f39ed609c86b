import { describe, expect, it } from 'vitest'
import { coldCommands } from '../../client-cli/commands/cold.ts'
import { hotCommands } from '../../client-cli/commands/hot.ts'
import {
  commandHelp,
  commandLine,
  groupHelp,
  groupSummaries,
  overview,
  sections,
  verbsOf,
} from '../../client-cli/help.ts'

const commands = [...hotCommands, ...coldCommands]

describe('overview', () => {
  const words = sections.flatMap(([, names]) => names)

  it('has every command that is not hidden, once', () => {
    expect(words.toSorted()).toEqual(verbsOf(commands, '').toSorted())
  })

  it('has words for every group', () => {
    const groups = commands
      .filter(({ hidden }) => !hidden)
      .flatMap(({ name }) =>
        name
          .split(' ')
          .slice(0, -1)
          .map((_, i, all) => all.slice(0, i + 1).join(' ')),
      )
    expect(Object.keys(groupSummaries).toSorted()).toEqual([...new Set(groups)].toSorted())
  })

  it.each([40, 60, 80, 100])('fits %i columns', (width) => {
    for (const line of overview(commands, width, (text) => text).split('\n')) {
      expect(line.length, line).toBeLessThanOrEqual(width)
    }
  })

  it('paints the titles only', () => {
    const painted = overview(commands, 80, (text) => `<${text}>`)
    expect(painted.match(/<[A-Z][\w ]+>/g)).toEqual(['<Usage>', ...sections.map(([title]) => `<${title}>`)])
  })
})

describe('commandHelp and groupHelp', () => {
  const pages = (width: number): string[] => [
    ...commands.map((command) => commandHelp(commands, command, width, (text) => text)),
    ...Object.keys(groupSummaries).map((group) => groupHelp(commands, group, width, (text) => text)),
  ]

  it.each([40, 60, 80, 100])('fit %i columns, but for what cannot be broken', (width) => {
    const unbreakable = commands.flatMap((command) => [
      `smd ${commandLine(command)}`,
      `smd ${commandLine(command)} [options]`,
      ...command.examples.map(([line]) => line),
    ])
    const long = pages(width)
      .flatMap((page) => page.split('\n'))
      .filter((line) => line.length > width && !unbreakable.includes(line.trim()))
    expect(long).toEqual([])
  })

  it('name every argument, option and example', () => {
    for (const command of commands) {
      const text = commandHelp(commands, command, 100, (title) => title)
      for (const [name, spec] of Object.entries(command.args)) {
        expect(text).toContain(spec.positional ? `\n  ${name} ` : `--${name}`)
      }
      for (const [line] of command.examples) expect(text).toContain(line)
    }
  })
})

describe('commandLine', () => {
  it.each([
    ['search', 'search <query..>'],
    ['config set', 'config set <key> <value>'],
    ['validate', 'validate [path]'],
    ['demo', 'demo [command..]'],
  ])('%s', (name, expected) => {
    const command = commands.find((other) => other.name === name)
    expect(command && commandLine(command)).toBe(expected)
  })
})
