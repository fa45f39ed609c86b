import { describe, expect, it } from 'vitest'
import { globalArgs } from '../../client-cli/command.ts'
import { coldCommands } from '../../client-cli/commands/cold.ts'
import { hotCommands } from '../../client-cli/commands/hot.ts'
import { readPlainArgs } from '../../client-cli/plain-args.ts'

const commands = [...hotCommands, ...coldCommands]
const visible = commands.filter(({ hidden }) => !hidden)

/** The words of the first `smd …` in an example, as a shell reads them; null when it has none. */
function smdWords(line: string): string[] | null {
  const [own] = line.split(/ \| | >> | > |\)/)
  const start = own?.search(/\bsmd /) ?? -1
  if (own === undefined || start === -1) return null
  return [...own.slice(start + 4).matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? '',
  )
}

describe('the commands', () => {
  it('have different names', () => {
    expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length)
  })

  it.each(visible.map((command) => [command.name, command] as const))(
    'smd %s says what it does and shows a command line that works',
    (_, command) => {
      expect(command.summary).toMatch(/^[A-Z].*[^.\s]$/)
      expect(command.examples.length).toBeGreaterThan(0)
      for (const [line, what] of command.examples) {
        expect(what, line).toMatch(/^[A-Z].*[^.\s]$/)
        const words = smdWords(line)
        expect(words, line).not.toBeNull()
        const [meant] = commands
          .filter(({ name }) => `${words?.join(' ')} `.startsWith(`${name} `))
          .toSorted((a, b) => b.name.length - a.name.length)
        const rest = words?.slice(meant?.name.split(' ').length) ?? []
        expect(meant && readPlainArgs({ ...meant.args, ...globalArgs }, rest), line).not.toBeNull()
      }
    },
  )

  it.each(visible.map((command) => [command.name, command] as const))(
    'smd %s describes its arguments and gives each letter once',
    (_, { args }) => {
      const specs = Object.entries(args)
      for (const [name, spec] of specs) {
        expect(spec.describe, name).toMatch(/^[A-Z]/)
        expect(name in globalArgs, name).toBe(false)
      }
      const letters = specs.flatMap(([, spec]) => spec.alias ?? [])
      expect(letters).toEqual([...new Set(letters)])
      expect(letters).not.toContain('h')
      const positionals = specs.filter(([, spec]) => spec.positional).map(([, spec]) => spec)
      expect(positionals.slice(0, -1).some((spec) => spec.many || spec.raw)).toBe(false)
    },
  )
})
