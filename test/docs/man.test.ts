import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coldCommands } from '../../client-cli/commands/cold.ts'
import { hotCommands } from '../../client-cli/commands/hot.ts'
import { manPages, roff } from '../../docs/generate/man.ts'

/** What a reader sees, in long lines without hyphens, bold and underline; complaints of every kind are asked for. */
function shown(page: string): { text: string; complaints: string } {
  const { stdout, stderr, error } = spawnSync(
    'groff',
    ['-man', '-Tutf8', '-ww', '-P-cbou', '-rLL=400n', '-rHY=0'],
    {
      input: page,
      encoding: 'utf8',
    },
  )
  if (error) throw error
  return { text: stdout, complaints: stderr }
}

const words = (text: string): string => text.replace(/\s+/g, ' ')

const pages = manPages()
const commands = [...hotCommands, ...coldCommands].filter(({ hidden }) => !hidden)

describe('the manual pages', () => {
  it('are one of smd and one of each command', () => {
    const names = commands.map(({ name }) => `smd-${name.replaceAll(' ', '-')}.1`)
    expect(Object.keys(pages).toSorted()).toEqual(['smd.1', ...names].toSorted())
  })

  it.each(Object.entries(pages))('%s is set without a complaint', (_, page) => {
    expect(shown(page).complaints).toBe('')
    // Only what every man program reads, in any encoding.
    expect(page).toMatch(/^[\n -~]*$/)
  })

  it('say of each command what --help says', () => {
    for (const { name, summary, args, examples } of commands) {
      const text = words(shown(pages[`smd-${name.replaceAll(' ', '-')}.1`] ?? '').text)
      expect(text).toContain(words(`${summary}.`))
      for (const [arg, spec] of Object.entries(args)) {
        expect(text).toContain(spec.positional ? arg : `--${arg}`)
        expect(text).toContain(words(spec.describe))
      }
      for (const [line, what] of examples) {
        expect(text).toContain(words(line))
        expect(text).toContain(words(what))
      }
    }
  })

  it('refer to pages that exist', () => {
    const references = Object.values(pages).flatMap((page) =>
      [...page.replaceAll('\\-', '-').matchAll(/\\fB(smd[\w-]*)\\fR\(1\)/g)].map(([, name]) => `${name}.1`),
    )
    expect(references.length).toBeGreaterThan(50)
    expect(references.filter((name) => !(name in pages))).toEqual([])
  })
})

describe('roff', () => {
  it('shows every text as it is', () => {
    const sign = fc.oneof(
      fc.constantFrom(
        ...`.'"\\-\`^~{}[]()$&%#@!|<>*?/,:;=+_ aZ9`,
        '\\fB',
        '.SH',
        "'br",
        '\\n(.x',
        '…',
        'é',
        '家',
      ),
      fc.integer({ min: 0x21, max: 0x24f }).map((code) => String.fromCodePoint(code)),
    )
    const line = fc
      .array(sign, { minLength: 1, maxLength: 12 })
      .map((signs) => signs.join('').replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ''))
      .filter((text) => text.trim() === text && text !== '')
    const lines = fc.sample(line, 2_000)
    const { text, complaints } = shown(
      `.TH X 1\n.nf\n${lines.map((one) => `.PP\n${roff(one)}`).join('\n')}\n`,
    )
    expect(complaints).toBe('')
    const seen = text
      .split('\n')
      .slice(1, -2)
      .map((one) => one.trim())
      .filter(Boolean)
    expect(seen.map((one) => one.normalize('NFC'))).toEqual(lines.map((one) => one.normalize('NFC')))
  })
})
