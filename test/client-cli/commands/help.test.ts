import { describe, expect, it } from 'vitest'
import { coldCommands } from '../../../client-cli/commands/cold.ts'
import { helpCommand } from '../../../client-cli/commands/help.ts'
import { hotCommands } from '../../../client-cli/commands/hot.ts'
import { completionsFor } from '../../../client-cli/completion/candidates.ts'
import { runYargs } from '../../../client-cli/register.ts'
import { runWithFakeClient } from '../../support/fake-client.ts'
import { fakeTerminal } from '../../support/fake-terminal.ts'

const commands = [...hotCommands, ...coldCommands]

async function help(line: string, json = false): Promise<string> {
  const command = line.split(' ').filter(Boolean)
  const { terminal, done } = runWithFakeClient(
    helpCommand,
    command.length > 0 ? { command } : {},
    {},
    { json },
  )
  await done
  return terminal.stdout()
}

async function dashHelp(line: string): Promise<string> {
  const terminal = fakeTerminal()
  const argv = [...line.split(' ').filter(Boolean), '--help']
  await runYargs(argv, commands, async () => 0, terminal.process)
  return terminal.stdout()
}

describe('smd help', () => {
  it.each(['', 'list', 'cache', 'cache config', 'cache config set', 'service install', 'help'])(
    'says of "%s" what --help says',
    async (line) => {
      const text = await help(line)
      expect(text).toBe(await dashHelp(line))
      expect(text.length).toBeGreaterThan(100)
    },
  )

  it('has the text in a member with --json', async () => {
    const { text, ...rest } = JSON.parse(await help('service install', true))
    expect(rest).toEqual({ schema: 1, command: 'service install' })
    expect(`${text}\n`).toBe(await help('service install'))
  })

  it('says what was meant when there is no such command', async () => {
    await expect(help('servic')).rejects.toMatchObject({
      slug: 'cli.usage',
      message: 'There is no command "smd servic". Did you mean: smd service?',
    })
  })

  it('completes commands, one word after the other', () => {
    const offered = (words: string[], current: string): string[] => {
      const completion = completionsFor(commands, words, current)
      return completion.kind === 'words' ? completion.words.map(({ value }) => value) : []
    }
    expect(offered(['help'], 'serv')).toEqual(['service'])
    expect(offered(['help', 'service'], 'un')).toEqual(['uninstall'])
    expect(offered(['service'], '')).toEqual(['install', 'uninstall', 'status', 'start', 'stop'])
    expect(offered(['service', 'install'], '--')).toEqual(expect.arrayContaining(['--dry-run', '--force']))
  })
})
