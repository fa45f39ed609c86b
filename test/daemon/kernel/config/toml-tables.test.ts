import fc from 'fast-check'
import { parse as parseOtherwise } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { parseToml } from '../../../../daemon/kernel/config/toml.ts'
import { sameValue, withoutNulls } from '../../../../daemon/kernel/config/toml-rows.ts'
import { changeToml, type Row, setTable, setTables } from '../../../../daemon/kernel/config/toml-tables.ts'
import { tableDocument } from './toml-table-documents.ts'

const keyOf = (row: Row) => String(row.name)
const set = (text: string, rows: Row[], path: string[] = ['rows']) =>
  setTables(parseToml(text, 'f'), path, rows, keyOf)
const rowsOf = (text: string, path: string[] = ['rows']): Row[] => {
  let value: unknown = parseToml(text, 'f').data
  for (const part of path) value = (value as Row | undefined)?.[part]
  return structuredClone((value ?? []) as Row[])
}

/** What a random change does to the rows: drops some, changes some, adds some, and sometimes moves them. */
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>('', 'new "text"\n\u007f', 'é😀', 7, -0.5, true, [], ['a', 'b'], null),
  fc.constantFrom<unknown>({ a: 1 }, { x: { y: ['z'] } }, [{ d: 3 }], [{ d: 1 }, { d: 2 }, { e: { f: 1 } }]),
)
const keys = fc.constantFrom('k0', 'k1', 'k9', 'new key', 'meta', 'parts', 'dot', '')
const pathsInside = fc.oneof(
  keys.map((key): readonly string[] => [key]),
  fc.constantFrom(
    ['meta', 'm0'],
    ['meta', 'm9'],
    ['meta', 'deep er', 'd0'],
    ['dot', 'one'],
    ['dot', 'three'],
  ),
)
const change = fc.record({
  fate: fc.constantFrom('keep', 'keep', 'edit', 'drop'),
  edits: fc.array(fc.tuple(pathsInside, anyValue), { minLength: 1, maxLength: 3 }),
})
const changes = fc.record({
  perRow: fc.array(change, { minLength: 5, maxLength: 5 }),
  added: fc.uniqueArray(
    fc.record({ name: fc.constantFrom('NEW', 'NEW two', 'ÉÉ'), more: fc.option(anyValue), meta: anyValue }),
    { maxLength: 2, selector: ({ name }) => name },
  ),
  place: fc.nat(6),
  reversed: fc.boolean(),
})

function edited(row: Row, edits: [readonly string[], unknown][]): Row {
  const copy = structuredClone(row)
  for (const [path, value] of edits) {
    let table = copy
    for (const part of path.slice(0, -1)) {
      const inner = table[part]
      const isInner = typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      if (!isInner) table[part] = {}
      table = table[part] as Row
    }
    table[path.at(-1) as string] = structuredClone(value)
  }
  return copy
}

describe('setTables', () => {
  it('gives back the same text when nothing differs', () => {
    fc.assert(
      fc.property(tableDocument, ({ text }) => {
        expect(set(text, rowsOf(text))).toBe(text)
      }),
      { numRuns: 200 },
    )
  })

  it('holds what was wanted, for another parser too, and leaves each untouched row byte for byte (D5)', () => {
    fc.assert(
      fc.property(tableDocument, changes, (document, { perRow, added, place, reversed }) => {
        const { text, rows, around } = document
        const old = rowsOf(text)
        const fates = old.map((_, index) => perRow[index] as (typeof perRow)[number])
        let wanted = old.flatMap((row, index) => {
          const { fate, edits } = fates[index] as (typeof perRow)[number]
          return fate === 'drop' ? [] : [fate === 'keep' ? row : edited(row, edits)]
        })
        if (reversed) wanted = wanted.reverse()
        wanted.splice(place, 0, ...(added as Row[]))

        const changed = set(text, wanted)
        const change = { path: ['rows'], rows: wanted, keyOf }
        expect(changeToml(parseToml(text, 'f'), [change])).toBe(changed)
        const expected = withoutNulls(wanted)
        expect(sameValue(rowsOf(changed), expected)).toBe(true)
        const other = parseOtherwise(changed).rows ?? []
        const before = parseOtherwise(text)
        expect((other as Row[]).map(keyOf)).toEqual(expected.map(keyOf))
        expect({ ...parseOtherwise(changed), rows: null }).toEqual({ ...before, rows: null })

        for (const part of around) expect(changed).toContain(part.trim())
        old.forEach((row, index) => {
          const untouched =
            fates[index]?.fate === 'keep' ||
            sameValue(withoutNulls(wanted.find((each) => each.name === row.name)), row)
          if (untouched && fates[index]?.fate !== 'drop') expect(changed).toContain(rows[index]?.text)
        })
        if (document.newline === '\r\n') expect(changed.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
      }),
      { numRuns: Number(process.env.SMD_TEST_TOML_EDITS ?? 400) },
    )
  })

  it.each([
    ['', '[[rows]]\nname = "n"\n'],
    ['a = 1', 'a = 1\n\n[[rows]]\nname = "n"'],
    ['a = 1\r\n\r\n# end\r\n', 'a = 1\r\n\r\n# end\r\n\r\n[[rows]]\r\nname = "n"\r\n'],
    ['rows = []\n', '[[rows]]\nname = "n"\n'],
    ['rows = [\n  # none yet\n]\nb = 1\n', 'rows = [\n  # none yet\n    { name = "n" },\n]\nb = 1\n'],
    ['rows = []\nb = 1 # c\n\n[t]\n', 'b = 1 # c\n\n[t]\n\n[[rows]]\nname = "n"\n'],
  ])('adds the first row to %j', (before, after) => {
    expect(set(before, [{ name: 'n' }])).toBe(after)
  })

  it('writes a new row with its tables below', () => {
    const row = {
      name: 'demo',
      tags: ['a', 'b'],
      nothing: null,
      metadata: {
        title: 'T',
        links: [{ to: 'x' }, { to: 'y' }],
        extra: { frontmatter: { 'a key': 'é"\n' } },
      },
    }
    expect(set('', [row])).toBe(
      [
        '[[rows]]\nname = "demo"\ntags = ["a", "b"]',
        '[rows.metadata]\ntitle = "T"',
        '[[rows.metadata.links]]\nto = "x"',
        '[[rows.metadata.links]]\nto = "y"',
        '[rows.metadata.extra.frontmatter]\n"a key" = "é\\"\\n"\n',
      ].join('\n\n'),
    )
    const inline = 'rows = [\n    { name = "a" }, # first\n]\n'
    expect(set(inline, [{ name: 'a' }, { name: 'b', in: { c: [{ d: 1 }] } }])).toBe(
      'rows = [\n    { name = "a" }, # first\n    { name = "b", in = { c = [{ d = 1 }] } },\n]\n',
    )
  })

  it('takes a row away with the comments right above it, and no others', () => {
    const text =
      '# top\n\n# a\n[[rows]]\nname = "a"\n\n# apart\n\n# b\n# b too\n[[rows]]\nname = "b"\n[rows.t]\nx = 1\n\n# c\n[[rows]]\nname = "c"\n'
    expect(set(text, [{ name: 'a' }, { name: 'c' }])).toBe(
      '# top\n\n# a\n[[rows]]\nname = "a"\n\n# apart\n\n# c\n[[rows]]\nname = "c"\n',
    )
    expect(set(text, [])).toBe('# top\n\n# apart\n')
    expect(set('rows = [{ name = "a" }, { name = "b" }] # x\nb = 1\n', [{ name: 'b' }])).toBe(
      'rows = [{ name = "b" }] # x\nb = 1\n',
    )
    expect(set('a = 1\nrows = [{ name = "a" }]\nb = 1\n', [])).toBe('a = 1\nb = 1\n')
  })

  it('changes rows whose parts do not lie together, too', () => {
    const text = '[[rows]]\nname = "a"\n\n[other]\nx = 1\n\n[rows.meta]\ny = 1 # y\n\n[[rows]]\nname = "b"\n'
    const [first, second] = rowsOf(text) as [Row, Row]
    expect(set(text, [{ ...first, meta: { y: 2 } }, second])).toBe(text.replace('y = 1 #', 'y = 2 #'))
    const reversed = set(text, [second, first])
    expect(rowsOf(reversed)).toEqual([second, first])
    expect(reversed).toContain('[other]\nx = 1\n')
  })

  it('reads rows of which one spells a table inline and the next with a header', () => {
    const text = '[[rows]]\nname = "a"\nm = { x = 1 }\n\n[[rows]]\nname = "b"\n\n[rows.m]\nx = 2\n'
    const rows = rowsOf(text)
    expect(rows).toEqual([
      { name: 'a', m: { x: 1 } },
      { name: 'b', m: { x: 2 } },
    ])
    expect(set(text, [...rows, { name: 'c', m: { x: 3 } }])).toBe(
      `${text}\n[[rows]]\nname = "c"\n\n[rows.m]\nx = 3\n`,
    )
  })

  it('refuses what it cannot change instead of changing something else', () => {
    expect(() => set('rows = { a = [{ name = "x" }] }\n', [{ name: 'y' }], ['rows', 'a'])).toThrow(
      'rows.a cannot be written',
    )
    expect(() => set('rows = "text"\n', [{ name: 'y' }])).toThrow('rows is no array of tables')
    expect(() => set('', [{ name: 'y', bad: Symbol('x') }])).toThrow('rows cannot be written')
  })

  it('changes a document with a thousand rows in one place', () => {
    const text = Array.from(
      { length: 1000 },
      (_, index) => `[[rows]]\nname = "n${index}"\n\n[rows.m]\nx = 1\n`,
    ).join('\n')
    const rows = rowsOf(text)
    ;(rows[500] as Row).m = { x: 2 }
    const changed = set(text, rows)
    const [before, after] = [text.split('\n'), changed.split('\n')]
    expect(after.filter((line, index) => line !== before[index])).toEqual(['x = 2'])
    expect(after).toHaveLength(before.length)
  })
})

describe('changeToml', () => {
  it('makes several changes at once, each as if it were alone', () => {
    const text =
      '[collection]\nupdated = "old" # when\n\n# a\n[[rows]]\nname = "a"\n\n[[rows]]\nname = "b"\nx = 1\n\n[[groups]]\nname = "g"\n'
    const toml = parseToml(text, 'f')
    const changed = changeToml(toml, [
      { path: ['rows'], rows: [{ name: 'a', y: 2 }, { name: 'b', x: 3 }, { name: 'c' }], keyOf },
      { path: ['groups'], rows: [], keyOf },
      { path: ['tags'], rows: [{ name: 't' }], keyOf },
      { path: ['collection', 'updated'], value: 'new' },
    ])
    expect(changed).toBe(
      '[collection]\nupdated = "new" # when\n\n# a\n[[rows]]\nname = "a"\ny = 2\n\n[[rows]]\nname = "b"\nx = 3\n\n[[rows]]\nname = "c"\n\n[[tags]]\nname = "t"\n',
    )
    expect(changeToml(toml, [{ path: ['groups'], rows: [{ name: 'g' }], keyOf }])).toBe(text)
  })
})

describe('setTable', () => {
  const lock = (text: string, wanted: Row) => setTable(parseToml(text, 'f'), ['lock', 'entries'], wanted)

  it('writes what a table of names holds, each with a header of its own', () => {
    const first = lock('[lock]\nversion = "1.0.0"\n', { 'a b::skill': { content_hash: 'x' } })
    expect(first).toBe('[lock]\nversion = "1.0.0"\n\n[lock.entries."a b::skill"]\ncontent_hash = "x"\n')
    const second = lock(first, { 'a b::skill': { content_hash: 'y' }, 'c::agent': { content_hash: 'z' } })
    expect(second).toBe(
      first.replace('"x"', '"y"').concat('\n[lock.entries."c::agent"]\ncontent_hash = "z"\n'),
    )
    expect(lock(second, { 'c::agent': { content_hash: 'z' } })).toBe(
      '[lock]\nversion = "1.0.0"\n\n[lock.entries."c::agent"]\ncontent_hash = "z"\n',
    )
    expect(lock(second, {})).toBe('[lock]\nversion = "1.0.0"\n')
  })

  it('keeps comments, unknown keys and the spelling of what is there', () => {
    const text = '[lock]\nmine = 1 # keep\nentries = { "a::skill" = { h = "1", mine = true } } # all\n'
    expect(lock(text, { 'a::skill': { h: '2', mine: true }, 'b::skill': { h: '3' } })).toBe(
      '[lock]\nmine = 1 # keep\nentries = { "a::skill" = { h = "2", mine = true }, "b::skill" = { h = "3" } } # all\n',
    )
    const dotted = 'lock.entries."a::skill".h = "1" # one\n'
    expect(lock(dotted, { 'a::skill': { h: '1', u: '2' } })).toBe(
      'lock.entries."a::skill".h = "1" # one\nlock.entries."a::skill".u = "2"\n',
    )
  })

  it('holds what was wanted, for another parser too, whatever it held before', () => {
    const names = fc.constantFrom('a::skill', 'b c::agent', 'é::hook', 'x.y::mcp', '"q"::command')
    const entry = fc.dictionary(
      fc.constantFrom('content_hash', 'upstream', 'fetched'),
      fc.string({ unit: 'grapheme' }),
      {
        minKeys: 1,
      },
    )
    const entries = fc
      .uniqueArray(fc.tuple(names, entry), { selector: ([name]) => name })
      .map(Object.fromEntries)
    fc.assert(
      fc.property(fc.array(entries, { minLength: 1, maxLength: 4 }), (history) => {
        let text = '# mine\n[lock]\nversion = "1.0.0"\n'
        for (const wanted of history) {
          text = lock(text, wanted)
          const parsed = parseOtherwise(text).lock as Row
          expect(sameValue(parsed.entries, wanted)).toBe(true)
          expect(text.startsWith('# mine\n[lock]\nversion = "1.0.0"\n')).toBe(true)
        }
      }),
      { numRuns: 200 },
    )
  })
})
