import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPlainYaml } from '../../../../../daemon/domains/cache/scan/frontmatter-fast.ts'
import { obviousError } from '../../../../../daemon/domains/cache/scan/frontmatter-repair.ts'
import { readYaml } from '../../../../../daemon/domains/cache/scan/frontmatter-yaml.ts'
import { corpusPath, filesBelow } from '../../../../support/corpus.ts'

const textKeys = new Set(['name', 'description', 'title', 'author', 'license', 'version', 'model'])

/** Asserts that the fast reader agrees with the parser wherever it dares to answer; tells whether it did. */
function agrees(block: string): boolean {
  const fast = readPlainYaml(block, textKeys)
  if (fast === null) return false
  const slow = readYaml(block, textKeys)
  expect({ block, error: slow.error, data: fast }).toEqual({ block, error: null, data: slow.data })
  expect(Object.keys(fast)).toEqual(Object.keys(slow.data))
  expect(slow.diagnostics).toEqual([])
  return true
}

describe('readPlainYaml', () => {
  it.each([
    'name: a\ndescription: some (text) here, and more.',
    'name: "a\\n\\"b\\"\\\\"\nb: \'it\'\'s\'',
    'tags: [a, "b c", \'d\']\nempty: []\nn: 12\nt: true\nv: 1.2.3',
    'tags:\n  - a\n  - b\nother:\n- c\n- "d"\nlast:',
    'metadata:\n  author: a\n  deep:\n    x: 1\n    list:\n    - y\nb: c',
    'description: |\n  one\n\n  two\nb: >-\n  x\n  y\n\n  z\nc: >\n  w',
    'description: one\n  two\n  three\n\n# comment\nb: c',
    'impact: 2-10x faster\nupdated: 2024-01-02\nsize: 3D',
  ])('reads %j without the parser', (block) => expect(agrees(block)).toBe(true))

  it.each([
    'a: b: c',
    'a: &x b',
    'a: !t b',
    'a: {b: c}',
    'a: [b, [c]]',
    'a: "b" # c',
    'a: b # c',
    'a: yes',
    'a: ~',
    'a: 1.5',
    'a: 010',
    'a: 1:30',
    'a: |+\n  b',
    'a: b\n\n  c',
    'a: |\n   b\n  c',
    'a:\tb',
    'a: "\\x41"',
    'a : b',
    '"a": b',
    'a: b\na: c',
    'name: 1.10',
    'name: true',
    '- a',
    'a',
    '? a',
    'a: -',
    'a: b:',
    '<<: b',
  ])('leaves %j to the parser', (block) => expect(readPlainYaml(block, textKeys)).toBeNull())

  it('gives what the parser gives, on any mix of YAML pieces', () => {
    const key = fc.constantFrom(
      'name',
      'description',
      'version',
      'tags',
      'a',
      'on',
      'B_c-9',
      'é',
      '__proto__',
      'constructor',
    )
    const word = fc.constantFrom(
      'x',
      'yes',
      'No',
      'null',
      '~',
      '12',
      '0',
      '007',
      '1.10',
      '1e3',
      '0x1f',
      '1:30',
      '.5',
      '-3',
      'a b',
      'a: b',
      'a #b',
      'a#b',
      'x:',
      '"q"',
      '"q\\n"',
      '"q\\q"',
      "'s'",
      "'it''s'",
      "'",
      '"',
      '[a, b]',
      '[]',
      '[a,]',
      '[ "a", \'b\' ]',
      '[a: b]',
      '["a,b", c]',
      '|',
      '>',
      '|-',
      '>-',
      '|+',
      '|2',
      '-',
      '- a',
      '- - a',
      '--x',
      '*a',
      '&a',
      '!a',
      '@a',
      '%a',
      '`a`',
      '{a: b}',
      '(x)',
      '/p',
      './p',
      '$V',
      '<t>',
      '#c',
      '? a',
      'é…',
      '\u2028',
      '\u0085',
      '\u00a0',
      '\u{1F600}',
      '---',
      '...',
      '=',
      '2024-01-02',
      '3D',
      '1_0',
    )
    const space = fc.constantFrom('', '', '', '', '', ' ', '  ', '  ', '   ')
    const line = fc.oneof(
      fc
        .tuple(
          space,
          key,
          fc.constantFrom(': ', ': ', ': ', ': ', ':', ':  ', ' : '),
          fc.oneof(fc.constant(''), word),
          space,
        )
        .map((p) => p.join('')),
      fc
        .tuple(space, fc.constantFrom('- ', '-  ', '-'), fc.oneof(fc.constant(''), word))
        .map((p) => p.join('')),
      fc.tuple(space, word).map((p) => p.join('')),
      space,
    )
    let answered = 0
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
        if (agrees(lines.join('\n'))) answered++
      }),
      { numRuns: 20_000 },
    )
    expect(answered).toBeGreaterThan(500)
  })

  it('gives what the parser gives, on any text as a value', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'ab1 :#-"\'[]{},&*!|>%@`?\\~.é\u2028\u0007\u00a0<=$(/'.split('')),
      maxLength: 12,
    })
    const shape = fc.constantFrom(
      'a: ',
      'name: ',
      'a:\n  - ',
      'a:\n  b: ',
      'a: [x, ',
      'a: "',
      "a: '",
      'a: x\n  ',
      'a: |\n  ',
    )
    fc.assert(
      fc.property(
        shape,
        text,
        fc.constantFrom('', '"', "'", ']', '\nb: c', '"\nb: c', ']\nb: c'),
        (before, value, after) => {
          agrees(before + value + after)
        },
      ),
      { numRuns: 30_000 },
    )
  })

  it('gives what the parser gives on the whole corpus, and answers nearly always', () => {
    const files = filesBelow(corpusPath(), (file) => file.endsWith('.md'))
    let answered = 0
    let valid = 0
    for (const file of files) {
      const block = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(readFileSync(file, 'utf8'))?.[1]
      if (block === undefined) continue
      const plain = block.replaceAll('\r\n', '\n')
      if (agrees(plain)) answered++
      const { error } = readYaml(plain, textKeys)
      if (error === null) valid++
      if (obviousError(plain) !== null) expect({ file, error }).not.toEqual({ file, error: null })
    }
    expect(valid).toBeGreaterThan(2_500)
    expect(answered / valid).toBeGreaterThan(0.97)
  })
})

describe('obviousError', () => {
  it('speaks only of what the parser refuses', () => {
    const piece = fc.constantFrom('[a]', ' ', 'b', ': ', '#', '"', "'", '[', ']', ',', 'c', '{', '}')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (parts) => {
        const block = `key: ${parts.join('')}`
        if (obviousError(block) !== null)
          expect({ block, error: readYaml(block, textKeys).error }).not.toMatchObject({ error: null })
      }),
      { numRuns: 5_000 },
    )
  })
})
