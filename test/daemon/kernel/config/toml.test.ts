import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeToml, parseToml } from '../../../../daemon/kernel/config/toml.ts'
import { lineOf } from '../../../../daemon/kernel/config/toml-places.ts'
import { SmdError } from '../../../../protocol/errors.ts'
import { tomlDocument } from './toml-documents.ts'

const failure = (run: () => unknown): SmdError => {
  try {
    run()
  } catch (error) {
    if (error instanceof SmdError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('parseToml', () => {
  it.each([
    ['a = 1\nb = = 2\n', 2, 5],
    ['a = 1\na = 2\n', 2, 1],
    ['[cache\n', 1, 7],
    ['x = "abc\n', 1, 9],
    ['a = 1\r\n\r\nb = "\\q"\r\n', 3, 5],
    ['a = 1 b = 2', 1, 7],
    ['[a]\n[a]\n', 2, 1],
    ['a=1\n\n[[a]]\n', 3, 1],
    ['=1', 1, 1],
    ['a = 1979-05-27\n  [a.b]\nc = 1\n', 2, 3],
    ['a = 1979-05-27\na.b = 1\n', 2, 1],
    ['a = 1979-05-27\n[[a.b]]\n', 2, 1],
    ['[[a]]\nb = 1979-05-27\n[a.b.c]\n', 3, 1],
  ])('names line and column of the error in %j', (text, line, column) => {
    const error = failure(() => parseToml(text, '/c/config.toml'))
    expect(error.slug).toBe('config.syntax')
    expect(error.details).toMatchObject({ file: '/c/config.toml', line, column })
    expect(error.message).toMatch(new RegExp(`^/c/config\\.toml:${line}:${column}: not valid TOML: [^\\n]+$`))
  })

  it('takes a date in one element of an array of tables and a table in the next', () => {
    const { data } = parseToml('[[a]]\nb = 1979-05-27\n[[a]]\n[a.b.c]\nd = 1\n', 'f')
    expect(data).toMatchObject({ a: [{}, { b: { c: { d: 1 } } }] })
  })

  it('refuses what is nested too deeply instead of failing', () => {
    expect(failure(() => parseToml(`a = ${'['.repeat(200_000)}`, 'f')).slug).toBe('config.syntax')
  })

  it('does not let a document touch the prototype of objects', () => {
    const { data } = parseToml('[__proto__]\npolluted = true\n[constructor]\nx = 1\n', 'f')
    expect(Object.keys(data)).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it.each(['-.', 'a = 1\n-.', 'a = """x\ny"""\n[t]\n-.'])(
    'names the line the library stumbles over: %j',
    (text) => {
      const line = text.split('\n').indexOf('-.') + 1
      expect(() => parseToml(text, 'f')).toThrow(
        expect.objectContaining({ slug: 'config.syntax', details: expect.objectContaining({ line }) }),
      )
    },
  )

  it('throws nothing but config.syntax, for any text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[a-b=[\]{}."'#,\n -]{0,40}$/),
      tomlDocument,
    )
    fc.assert(
      fc.property(text, (document) => {
        try {
          parseToml(document, 'f')
        } catch (error) {
          expect(error).toMatchObject({ slug: 'config.syntax' })
        }
      }),
    )
  })
})

describe('decodeToml', () => {
  it('separates the byte order mark from the text', () => {
    expect(decodeToml(Buffer.from('\uFEFFa = 1'), 'f')).toEqual({ text: 'a = 1', bom: '\uFEFF' })
    expect(decodeToml(Buffer.from('é = 1'), 'f')).toEqual({ text: 'é = 1', bom: '' })
  })

  it('names the first line that is not UTF-8', () => {
    const latin1 = Buffer.concat([Buffer.from('a = 1\n# é\n'), Buffer.from('b = "é"\nc = "ü"\n', 'latin1')])
    expect(failure(() => decodeToml(latin1, 'f')).details).toMatchObject({ file: 'f', line: 3 })
    expect(failure(() => decodeToml(Buffer.from([0xff]), 'f')).details).toMatchObject({ line: 1 })
  })
})

describe('lineOf', () => {
  const text = [
    'top = 1', // 1
    'dotted . "q.r" = 2', // 2
    'list = [', // 3
    '  "[cache]", # cache.enabled = 1',
    ']',
    'text = """', // 6
    '[cache]',
    'enabled = 1',
    '"""',
    '[cache] # here', // 10
    'other = { enabled = false, deep = { x = 1 } }', // 11
    'enabled = true', // 12
    '[[many]]', // 13
    'x = 1', // 14
    '[[many]]',
    'x = 2',
    '[a.b]', // 17
  ].join('\r\n')

  it.each([
    [['top'], 1],
    [['dotted', 'q.r'], 2],
    [['dotted'], 2],
    [['list'], 3],
    [['text'], 6],
    [['cache'], 10],
    [['cache', 'other', 'enabled'], 11],
    [['cache', 'other', 'deep', 'x'], 11],
    [['cache', 'enabled'], 12],
    [['many'], 13],
    [['many', 'x'], 14],
    [['a'], 17],
    [['a', 'b'], 17],
    [['enabled'], null],
    [['cache', 'ttl'], null],
  ])('of %j is %s', (path, line) => {
    expect(lineOf(parseToml(text, 'f'), path)).toBe(line)
  })
})
