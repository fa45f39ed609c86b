/** Random TOML documents as people write them: comments, odd spacing, every kind of value, unknown keys and tables. */
import fc from 'fast-check'

const space = fc.constantFrom('', ' ', '  ', '\t')
const word = fc.stringMatching(/^[a-z][a-z0-9_-]{0,7}$/)
const comment = fc.stringMatching(/^[ -~éß漢]{0,20}$/).map((text) => `#${text}`)
const bareKey = fc.oneof(
  word,
  fc.constantFrom('ttl_minutes', 'enabled', 'cache-ttl', 'include', 'level', 'workers'),
)
const quotedKey = fc.oneof(
  fc.stringMatching(/^[ -!#-&(-[\]-~é]{0,8}$/).map((text) => `"${text}"`),
  fc.stringMatching(/^[ -&(-~é]{0,8}$/).map((text) => `'${text}'`),
)
const simpleKey = fc.oneof({ weight: 5, arbitrary: bareKey }, { weight: 1, arbitrary: quotedKey })
const dottedKey = fc
  .tuple(simpleKey, space, space, simpleKey)
  .map(([left, before, after, right]) => `${left}${before}.${after}${right}`)
const key = fc.oneof({ weight: 5, arbitrary: simpleKey }, { weight: 1, arbitrary: dottedKey })

const scalar = fc.oneof(
  fc.integer({ min: -100000, max: 100000 }).map(String),
  fc.constantFrom(
    '0xdead_BEEF',
    '0o755',
    '0b11',
    '1_000',
    '+5',
    '1e3',
    '-0.5',
    '3.1400',
    'inf',
    '-inf',
    'true',
    'false',
  ),
  fc.constantFrom(
    '9223372036854775807',
    '1979-05-27',
    '07:32:00',
    '1979-05-27T07:32:00Z',
    '1979-05-27 07:32:00.500',
  ),
  fc.stringMatching(/^[ -!#-[\]-~é漢]{0,12}$/).map((text) => `"${text}"`),
  fc.stringMatching(/^[ -&(-~é]{0,12}$/).map((text) => `'${text}'`),
  fc.constantFrom(
    '"\\u00e9\\t\\""',
    '"""\nline one\n  # no comment\n"""',
    "'''\n[not.a.table]\n'''",
    '""""quoted""""',
  ),
)
const list = fc.oneof(
  fc
    .tuple(fc.array(scalar, { maxLength: 3 }), space)
    .map(([items, gap]) => `[${gap}${items.join(`,${gap}`)}${gap}]`),
  fc
    .array(fc.tuple(scalar, fc.option(comment, { nil: '' })), { minLength: 1, maxLength: 3 })
    .map((items) => `[\n${items.map(([item, note]) => `  ${item}, ${note}\n`).join('')}]`),
)
const inlineTable = fc
  .uniqueArray(
    fc.tuple(
      word,
      scalar.filter((text) => !text.includes('\n')),
    ),
    { maxLength: 3, selector: ([name]) => name },
  )
  .map((pairs) => `{ ${pairs.map(([name, value]) => `${name} = ${value}`).join(', ')} }`)
const value = fc.oneof({ weight: 4, arbitrary: scalar }, list, inlineTable)

const pair = fc
  .tuple(space, key, space, space, value, fc.option(fc.tuple(space, comment), { nil: null }))
  .map(
    ([indent, name, before, after, text, note]) =>
      `${indent}${name}${before}=${after}${text}${note ? note.join('') : ''}`,
  )
const line = fc.oneof(
  { weight: 5, arbitrary: pair },
  { weight: 2, arbitrary: comment },
  fc.constantFrom('', '  '),
)
const lines = fc.array(line, { maxLength: 5 })

const tableName = fc.oneof(
  fc.constantFrom('cache', 'projects', 'scan', 'discovery', 'log'),
  simpleKey,
  dottedKey,
)
const header = fc
  .tuple(tableName, fc.boolean(), space, fc.option(comment, { nil: '' }))
  .map(([name, many, gap, note]) => `${many ? '[[' : '['}${gap}${name}${gap}${many ? ']]' : ']'}${note}`)
const section = fc.tuple(header, lines).map(([head, body]) => [head, ...body])

/** A document; not always valid (keys may repeat), so callers filter with the parser. */
export const tomlDocument = fc
  .tuple(
    lines,
    fc.array(section, { maxLength: 4 }),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([top, sections, newline, final, bom]) => {
    const text = [...top, ...sections.flat()].join('\n').replaceAll('\n', newline)
    return `${bom ? '\uFEFF' : ''}${text}${final && text !== '' ? newline : ''}`
  })
