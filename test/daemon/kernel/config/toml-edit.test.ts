import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseToml } from '../../../../daemon/kernel/config/toml.ts'
import {
  findEntry,
  setInToml,
  type TomlValue,
  unsetInToml,
} from '../../../../daemon/kernel/config/toml-edit.ts'
import { allEntries, type Toml } from '../../../../daemon/kernel/config/toml-places.ts'
import { isTable } from '../../../../daemon/kernel/config/value.ts'
import { tomlDocument } from './toml-documents.ts'

const set = (text: string, value: TomlValue, path: readonly [string, string] = ['cache', 'ttl_minutes']) =>
  setInToml(parseToml(text, 'f'), path, value)
const unset = (text: string, path: readonly string[] = ['cache', 'ttl_minutes']) =>
  unsetInToml(parseToml(text, 'f'), path)

/** Valid documents only, parsed; the byte order mark is not part of a parsed text. */
const validDocument = tomlDocument
  .map((text) => {
    try {
      return parseToml(text.replace(/^\uFEFF/, ''), 'f')
    } catch {
      return null
    }
  })
  .filter((toml): toml is Toml => toml !== null)

const change = fc.constantFrom<[readonly [string, string], TomlValue]>(
  [['cache', 'ttl_minutes'], 77],
  [['cache', 'enabled'], false],
  [['cache', 'path'], '/with "quotes" and \u007f'],
  [
    ['projects', 'include'],
    ['/a', '~/b'],
  ],
  [['scan', 'workers'], 2],
  [['log', 'level'], 'warn'],
)

/** Whether the path can be written at all: its table is a table, and the key no part of a longer dotted key. */
function writable(toml: Toml, [table, key]: readonly [string, string]): boolean {
  const found = toml.data[table]
  if (found === undefined) return true
  return isTable(found) && (found[key] === undefined || findEntry(toml, [table, key]) !== null)
}

describe('setInToml', () => {
  it('replaces the value alone', () => {
    expect(set('# top\n[cache]\n  ttl_minutes\t=  5   # note\n\n\n', 60)).toBe(
      '# top\n[cache]\n  ttl_minutes\t=  60   # note\n\n\n',
    )
    expect(set('cache.ttl_minutes = """\n5"""', 60)).toBe('cache.ttl_minutes = 60')
    expect(set('cache = { ttl_minutes=5, a = 1 } # x', 60)).toBe('cache = { ttl_minutes=60, a = 1 } # x')
    expect(set('["cache"]\r\n"ttl_minutes" = 5\r\n', 60)).toBe('["cache"]\r\n"ttl_minutes" = 60\r\n')
  })

  it.each([
    ['', '[cache]\nttl_minutes = 60\n'],
    ['a = 1', 'a = 1\n\n[cache]\nttl_minutes = 60'],
    ['a = 1\r\n', 'a = 1\r\n\r\n[cache]\r\nttl_minutes = 60\r\n'],
    ['[cache]', '[cache]\nttl_minutes = 60'],
    ['[cache] # c\n# d\n\n[b]\n', '[cache] # c\nttl_minutes = 60\n# d\n\n[b]\n'],
    ['[cache]\n\ta = [\n1] # c\n# d\n[b]\n', '[cache]\n\ta = [\n1] # c\n\tttl_minutes = 60\n# d\n[b]\n'],
    ['cache.a = 1\nb = 2\n', 'cache.a = 1\ncache.ttl_minutes = 60\nb = 2\n'],
    ['cache = {}\n', 'cache = {ttl_minutes = 60}\n'],
    ['cache = { a = 1 }\n', 'cache = { ttl_minutes = 60, a = 1 }\n'],
    ['[cache.sub]\na = 1\n', '[cache.sub]\na = 1\n\n[cache]\nttl_minutes = 60\n'],
  ])('adds an absent key to %j', (before, after) => {
    expect(set(before, 60)).toBe(after)
  })

  it('keeps the comments of the items of a list', () => {
    const text = '[projects]\ninclude = [\n  "/a", # first\n  "/b",\n]\n'
    const path = ['projects', 'include'] as const
    expect(set(text, ['/a', '/b', '/c'], path)).toBe(
      '[projects]\ninclude = [\n  "/a", # first\n  "/b",\n  "/c",\n]\n',
    )
    expect(set(text, ['/a'], path)).toContain('"/a", # first')
    expect(set(text, [], path)).toMatch(/^\[projects\]\ninclude = \[\s*\]\n$/)
    expect(set('[projects]\ninclude = ["/a"]\n', ['/a', '/b'], path)).toBe(
      '[projects]\ninclude = ["/a", "/b"]\n',
    )
    expect(set('', ['/a', '/b'], path)).toBe('[projects]\ninclude = ["/a", "/b"]\n')
  })

  it('writes the right list where the library loses an item', () => {
    const text = '[projects]\ninclude = [\n\'/b\',  #\n# above\n"/a", # note\n# end\n]'
    const changed = set(text, ['é', '/a', '/b', 'é', 'C:\\x'], ['projects', 'include'])
    expect(parseToml(changed, 'f').data.projects).toMatchObject({ include: ['é', '/a', '/b', 'é', 'C:\\x'] })
  })

  it('changes no byte outside of the value, and no other value (D5)', () => {
    fc.assert(
      fc.property(validDocument, change, (toml, [path, value]) => {
        fc.pre(writable(toml, path))
        const changed = setInToml(toml, path, value)
        const entry = findEntry(toml, path)
        const inserted = changed.length - toml.text.length
        if (entry) {
          expect(changed.startsWith(toml.text.slice(0, entry.valueStart))).toBe(true)
          expect(changed.endsWith(toml.text.slice(entry.end))).toBe(true)
        } else {
          // A pure insertion: the old text is a beginning and an end of the new one.
          let same = 0
          while (same < toml.text.length && changed[same] === toml.text[same]) same++
          expect(changed.slice(same + inserted)).toBe(toml.text.slice(same))
        }
        const table = parseToml(changed, 'f').data[path[0]] as Record<string, unknown>
        expect(table[path[1]]).toEqual(value)
      }),
      { numRuns: 1000 },
    )
  })

  it('gives the list asked for and leaves the rest alone, whatever the list looked like (D5)', () => {
    const item = fc.constantFrom('"/a"', "'/b'", '"~/c \\"d\\""', '"é"')
    const note = fc.constantFrom('', ' # note', ' # [x] "', '  #')
    const lines = fc.array(
      fc.tuple(fc.constantFrom('', '# above\n', '\n'), item, fc.constantFrom(',', ' ,'), note),
      { maxLength: 5 },
    )
    const tall = fc
      .tuple(lines, fc.constantFrom('', '# end\n'))
      .map(([items, end]) => `[\n${items.map((parts) => `  ${parts.join('')}\n`).join('')}${end}]`)
    const flat = fc
      .tuple(fc.array(item, { maxLength: 4 }), fc.constantFrom('', ' '))
      .map(([items, gap]) => `[${gap}${items.join(`,${gap}`)}${gap}]`)
    const wanted = fc.array(fc.constantFrom('/a', '/b', '/c', '~/c "d"', 'é'), { maxLength: 5 })
    fc.assert(
      fc.property(fc.oneof(tall, flat), wanted, fc.constantFrom('\n', '\r\n'), (list, value, newline) => {
        const [before, after] = ['# one\n[projects]\ninclude = ', '  # two\n\n[z]\n'].map((part) =>
          part.replaceAll('\n', newline),
        ) as [string, string]
        const changed = set(before + list.replaceAll('\n', newline) + after, value, ['projects', 'include'])
        expect(changed.startsWith(before) && changed.endsWith(after)).toBe(true)
        expect(parseToml(changed, 'f').data.projects).toMatchObject({ include: value })
      }),
      { numRuns: 500 },
    )
  })
})

describe('unsetInToml', () => {
  it.each([
    ['[cache]\n# why\nttl_minutes = 5 # note\na = 1\n', '[cache]\n# why\na = 1\n'],
    ['[cache]\na = 1\nttl_minutes = """\n5"""', '[cache]\na = 1'],
    ['[cache]\r\nttl_minutes = 5\r\n', ''],
    ['a = 1\n\n[cache]\nttl_minutes = 5\n', 'a = 1\n'],
    ['[cache]\nttl_minutes = 5\n\n', '[cache]\n\n'],
    ['[cache] # mine\nttl_minutes = 5\n', '[cache] # mine\n'],
    ['[cache]\nttl_minutes = 5\n# later\n', '[cache]\n# later\n'],
    ['[cache]\nttl_minutes = 5\n[b]\n', '[cache]\n[b]\n'],
    ['# mine\n[cache]\nttl_minutes = 5\n', '# mine\n[cache]\n'],
    ['cache = { ttl_minutes = 5 }', 'cache = {  }'],
    ['cache = { ttl_minutes = 5, }', 'cache = {  }'],
    ['cache = { ttl_minutes = 5, a = 1 }', 'cache = { a = 1 }'],
    ['cache = { a = 1, ttl_minutes = 5 }', 'cache = { a = 1 }'],
    ['cache.ttl_minutes = 5\nb = 1', 'b = 1'],
    ['b = 1\ncache.ttl_minutes = 5', 'b = 1'],
    ['b = 1\n', 'b = 1\n'],
    ['[[cache]]\nttl_minutes = 5\n', '[[cache]]\nttl_minutes = 5\n'],
  ])('turns %j into %j', (before, after) => {
    expect(unset(before)).toBe(after)
  })

  it('undoes a set byte for byte (D5)', () => {
    fc.assert(
      fc.property(validDocument, change, (toml, [path, value]) => {
        fc.pre(writable(toml, path) && findEntry(toml, path) === null)
        // A bare `[table]` at the end cannot be told from the one that a set adds.
        fc.pre(!toml.text.trimEnd().endsWith(`[${path[0]}]`))
        expect(unset(setInToml(toml, path, value), path)).toBe(toml.text)
      }),
      { numRuns: 1000 },
    )
  })

  it('removes any key without touching the others', () => {
    fc.assert(
      fc.property(validDocument, fc.nat(), (toml, pick) => {
        const all = toml.sections
          .filter((section) => !section.repeated)
          .flatMap((section) => [...allEntries(section.entries)])
        fc.pre(all.length > 0)
        const { path } = all[pick % all.length] as (typeof all)[number]
        // Parsed again and compared with the former values inside.
        const changed = unsetInToml(toml, path)
        expect(findEntry(parseToml(changed, 'f'), path)).toBeNull()
      }),
      { numRuns: 500 },
    )
  })
})
