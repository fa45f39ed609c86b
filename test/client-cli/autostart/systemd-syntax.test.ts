import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { execLine, specifierText, word } from '../../../client-cli/autostart/systemd-syntax.ts'

/** Words of a line as systemd reads them (extract-word.c with quotes and escapes), then specifiers. */
function words(line: string): string[] {
  const found: string[] = []
  let current: string | null = null
  let quote: string | null = null
  for (let i = 0; i < line.length; i++) {
    const sign = line[i] as string
    if (sign === '\\') {
      const next = line[++i] as string
      if (next !== '\\' && next !== '"' && next !== "'") throw new Error(`unknown escape \\${next}`)
      current = (current ?? '') + next
    } else if (quote !== null) {
      if (sign === quote) quote = null
      else current = (current ?? '') + sign
    } else if (sign === '"' || sign === "'") {
      quote = sign
      current ??= ''
    } else if (/\s/.test(sign)) {
      if (current !== null) found.push(current)
      current = null
    } else current = (current ?? '') + sign
  }
  if (quote !== null) throw new Error('a quotation mark is open')
  if (current !== null) found.push(current)
  return found.map(specifiers)
}

function specifiers(text: string): string {
  return text.replace(/%(.?)/g, (_, sign) => {
    if (sign !== '%') throw new Error(`a specifier in ${text}`)
    return '%'
  })
}

/** What the process receives: in arguments `$$` is a dollar, and any other dollar begins a variable. */
function commandOf(line: string): string[] {
  const [program = '', ...args] = words(line)
  if (/["'\\]/.test(program)) throw new Error(`systemd takes no such program: ${program}`)
  const received = args.map((arg) =>
    arg.replace(/\$(.?)/g, (_, sign) => {
      if (sign !== '$') throw new Error(`a variable in ${arg}`)
      return '$'
    }),
  )
  if (program !== '/bin/sh') return [program, ...received]
  expect(received.slice(0, 2)).toEqual(['-c', 'exec "$0" "$@"'])
  return received.slice(2)
}

/** Names with everything that means something to systemd or a shell, and anything else that can be seen. */
const name = fc
  .array(
    fc.oneof(
      fc.constantFrom(...` %$"'\\\`;#=:@-+!{}()*?[]~&|<>`, '%h', '$HOME', `$\{x}`, '\\n', 'ü', '家', '🙂'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => parts.join('').replace(/[\p{Cc}/]/gu, ''))
  .filter((text) => text !== '')
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}`)

describe('units of systemd (L12)', () => {
  it('a command line arrives as it was given, whatever the names', () => {
    fc.assert(
      fc.property(path, fc.array(path, { maxLength: 4 }), (program, args) => {
        const line = execLine([program, ...args])
        expect(line).not.toMatch(/[\n\r]/)
        expect(commandOf(line)).toEqual([program, ...args])
      }),
      { numRuns: 500 },
    )
  })

  it('a variable arrives as it was given', () => {
    fc.assert(
      fc.property(path, (value) => {
        expect(words(word(`NAME=${value}`))).toEqual([`NAME=${value}`])
      }),
      { numRuns: 500 },
    )
  })

  it('ordinary words stay readable', () => {
    expect(execLine(['/usr/bin/node', '--a=1', '/x/daemon.cjs'])).toBe('/usr/bin/node --a=1 /x/daemon.cjs')
    expect(execLine(['/my node', '/a b'])).toBe('"/my node" "/a b"')
    expect(specifierText('/50%/a b')).toBe('/50%%/a b')
  })
})
