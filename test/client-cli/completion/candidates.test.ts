import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { globalArgs } from '../../../client-cli/command.ts'
import { coldCommands } from '../../../client-cli/commands/cold.ts'
import { hotCommands } from '../../../client-cli/commands/hot.ts'
import { completionsFor } from '../../../client-cli/completion/candidates.ts'

const commands = [...hotCommands, ...coldCommands]

/** `smd list --ty|`: the word at the cursor is the last one, perhaps empty. */
function complete(line: string): unknown {
  const words = line.split(' ')
  const completion = completionsFor(commands, words.slice(1, -1), words.at(-1) ?? '')
  return completion.kind === 'words' ? completion.words.map(({ value }) => value) : completion
}

describe('completionsFor', () => {
  it.each<[string, unknown]>([
    ['smd pro', ['profiles', 'projects']],
    ['smd projects ', ['list', 'show', 'add', 'remove', 'scan']],
    ['smd cache c', ['clear', 'config']],
    ['smd cache config ', ['get', 'set']],
    ['smd --json sta', ['status', 'start']],
    ['smd list --ty', ['--type']],
    ['smd list --json --', expect.not.arrayContaining(['--json'])],
    ['smd list --type s', ['skill']],
    ['smd list -t s', ['skill']],
    ['smd list --type=s', ['--type=skill']],
    ['smd list --type skill --type-x ', []],
    ['smd list --project my', { kind: 'names', of: 'project', prefix: 'my', lead: '' }],
    ['smd list --project=my', { kind: 'names', of: 'project', prefix: 'my', lead: '--project=' }],
    ['smd list --limit ', []],
    ['smd list ', []],
    ['smd show ', { kind: 'names', of: 'artifact', prefix: '', lead: '' }],
    ['smd show --type mcp git', { kind: 'names', of: 'artifact', prefix: 'git', lead: '' }],
    ['smd show one ', []],
    ['smd show list', { kind: 'names', of: 'artifact', prefix: 'list', lead: '' }],
    ['smd config get cache.', { kind: 'names', of: 'setting', prefix: 'cache.', lead: '' }],
    ['smd config set cache.enabled ', []],
    ['smd cache config set ', { kind: 'names', of: 'cache-setting', prefix: '', lead: '' }],
    ['smd projects add ./', { kind: 'files' }],
    ['smd validate --profile portable ', { kind: 'files' }],
    ['smd completion z', ['zsh']],
    ['smd demo sea', ['search']],
    ['smd demo --', expect.arrayContaining(['--clean'])],
    ['smd demo cache ', ['status', 'clear', 'refresh', 'config']],
    ['smd demo list --type a', ['agent']],
    ['smd show -- -', { kind: 'names', of: 'artifact', prefix: '-', lead: '' }],
    ['smd frobnicate x', []],
  ])('%s', (line, expected) => {
    expect(complete(line)).toEqual(expected)
  })

  it('never offers what is hidden', () => {
    expect(complete('smd ')).not.toContain('__complete')
  })

  it('reaches every command and every option', () => {
    for (const { name, args, hidden } of commands) {
      if (hidden) continue
      const words = name.split(' ')
      for (const [i, word] of words.entries()) {
        expect(complete(`smd ${[...words.slice(0, i), word.slice(0, -1)].join(' ')}`), name).toContain(word)
      }
      const options = Object.entries({ ...args, ...globalArgs }).flatMap(([option, spec]) =>
        'positional' in spec ? [] : [`--${option}`],
      )
      expect(complete(`smd ${name} --`), name).toEqual(expect.arrayContaining(options))
    }
  })

  it('offers nothing that does not begin with what was typed, for any line', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'list',
        'cache',
        'config',
        'demo',
        '--type',
        '-t',
        '--project=',
        '--',
        'skill',
        '--json',
      ),
      fc.string({ maxLength: 5 }),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), word, (words, current) => {
        const completion = completionsFor(commands, words, current)
        if (completion.kind === 'names') expect(`${completion.lead}${completion.prefix}`).toBe(current)
        if (completion.kind !== 'words') return
        for (const { value } of completion.words) expect(value.startsWith(current)).toBe(true)
      }),
    )
  })
})
