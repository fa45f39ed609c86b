/** Random documents with an array of tables in either spelling, together with the text of each row as it was written. */
import fc from 'fast-check'

/** A document and what it is made of; `chunks` are texts that no change of other rows may touch. */
export type TableDocument = {
  text: string
  newline: string
  isInline: boolean
  /** By name of the row, in order: its lines with the comments right above, or its `{ … }`. */
  rows: { name: string; text: string }[]
  /** Texts around the rows. */
  around: string[]
}

const space = fc.constantFrom('', ' ', '  ', '\t')
const note = fc.constantFrom('', '  # note', ' # [[rows]] = "x"', '\t#é 漢')
const name = fc.oneof(
  fc.stringMatching(/^[a-z]{1,6}$/),
  fc.constantFrom('two words', 'é', 'a.b', '"q"', '#h'),
)
const text = fc.constantFrom(
  '"plain"',
  "'lit # eral'",
  '"é😀 \\u00e9"',
  '"""two\n# lines"""',
  "'''\n[[rows]]\n'''",
)
const scalar = fc.oneof(
  fc.constantFrom('1', '0x1F', '1_000', '2.50', 'true', '1979-05-27T07:32:00', '1979-05-27'),
  text,
)
const list = fc.oneof(
  fc.constantFrom('[]', '["a", "b"]', '[ 1,2 ]'),
  fc.constantFrom('[\n    "t1", # one\n    # two\n    "t2",\n]', '[\n  "x"\n]'),
)
const inlineTable = fc.constantFrom('{ a = 1 }', '{}', '{a="x",b.c=[{d=1},{d=2}]}', '{ "two words" = true }')
const value = fc.oneof({ weight: 4, arbitrary: scalar }, list, inlineTable)
const flat = fc.oneof(
  fc.constantFrom('1', '"x"', "'# }'", '[1, 2]', '{ a = 1 }', '[{ d = 1 }, { d = 2 }]', 'true', '"é😀"'),
)

const quoted = (key: string) => JSON.stringify(key)
const pairs = (prefix: string) =>
  fc
    .array(fc.tuple(space, space, value, note, fc.boolean()), { maxLength: 4 })
    .map((items) =>
      items.flatMap(([indent, gap, content, comment, commented], index) => [
        ...(commented ? [`${indent}# about ${prefix}${index}`] : []),
        `${indent}${prefix}${index}${gap}=${gap}${content}${content.includes('\n') ? '' : comment}`,
      ]),
    )

const blanks = fc.constantFrom<string[]>([], [''], ['', '  '])
const dotted = fc.constantFrom<string[]>([], ['dot.one = 1', 'dot.two = "x" # d'])

/** Lines of one `[[rows]]`, the key first or last. */
const sectionRow = (rowName: string) =>
  fc
    .record({
      lead: fc.constantFrom<string[]>([], ['# about this row'], ['# one', '  # two']),
      first: fc.boolean(),
      body: pairs('k'),
      dots: dotted,
      meta: fc.option(pairs('m'), { nil: null }),
      gap: blanks,
      deep: fc.option(pairs('d'), { nil: null }),
      parts: fc.array(pairs('p'), { maxLength: 2 }),
    })
    .map(({ lead, first, body, dots, meta, gap, deep, parts }) => {
      const key = [`name = ${quoted(rowName)}`]
      const own = first ? [...key, ...body, ...dots] : [...body, ...dots, ...key]
      return [
        ...lead,
        '[[rows]]',
        ...own,
        ...(meta ? [...gap, '[rows.meta] # m', ...meta] : []),
        ...(deep ? [...gap, '[ rows . meta . "deep er" ]', ...deep] : []),
        ...parts.flatMap((part) => [...gap, '# part', '[[rows.parts]]', ...part]),
      ].join('\n')
    })

const inlineRow = (rowName: string) =>
  fc.tuple(space, fc.array(flat, { maxLength: 3 }), fc.boolean()).map(([gap, values, first]) => {
    const key = `name = ${quoted(rowName)}`
    const others = values.map((content, index) => `k${index}${gap}=${gap}${content}`)
    return `{${gap}${(first ? [key, ...others] : [...others, key]).join(`,${gap} `)}${gap}}`
  })

const names = fc.uniqueArray(name, { minLength: 1, maxLength: 5 })
const other = fc.constantFrom(
  '[other]\nx = 1 # keep\n\n# apart\n',
  '# apart\n\n["quoted one"]\ny=[\n1]',
  '[a.b]\nz.z = "rows"',
)

const inSections = names
  .chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.tuple(...all.map(sectionRow)),
      fc.array(fc.constantFrom('', '', '\n# apart\n'), { minLength: all.length, maxLength: all.length }),
      fc.option(other, { nil: null }),
      fc.option(other, { nil: null }),
    ),
  )
  .map(([all, texts, gaps, before, after]) => ({
    isInline: false,
    rows: all.map((rowName, index) => ({ name: rowName, text: texts[index] as string })),
    around: [`top = true # t\n${before ? `\n${before}\n` : ''}`, ...(after ? [after] : [])],
    text: [
      `top = true # t\n${before ? `\n${before}\n` : ''}`,
      ...texts.map((row, index) => `\n${row}\n${gaps[index]}`),
      ...(after && after !== before ? [`\n${after}\n`] : []),
    ].join(''),
  }))

const inList = names
  .chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.tuple(...all.map(inlineRow)),
      fc.constantFrom('tall', 'tall', 'flat'),
      fc.boolean(),
      note,
      fc.constantFrom('', '    # about this row\n', '\n'),
    ),
  )
  .map(([all, texts, shape, comma, comment, lead]) => {
    const list =
      shape === 'flat'
        ? `[${texts.join(', ')}]`
        : `[\n${texts
            .map((row, index) => `${lead}  ${row}${comma || index < texts.length - 1 ? ',' : ''}${comment}\n`)
            .join('')}]`
    return {
      isInline: true,
      rows: all.map((rowName, index) => ({ name: rowName, text: texts[index] as string })),
      around: ['# top\n', '\n\n[other]\nx = 1 # keep\n'],
      text: `# top\nrows = ${list}\n\n[other]\nx = 1 # keep\n`,
    }
  })

/** Valid documents; the second spelling stands in a list. */
export const tableDocument = fc
  .tuple(fc.oneof(inSections, inList), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([made, newline, ends]): TableDocument => {
    const convert = (part: string) => part.replaceAll('\n', newline)
    const full = ends ? made.text : made.text.trimEnd()
    return {
      ...made,
      newline,
      text: convert(full),
      rows: made.rows.map((row) => ({ ...row, text: convert(row.text) })),
      around: made.around.map((part) => convert(ends ? part : part.trimEnd())),
    }
  })
