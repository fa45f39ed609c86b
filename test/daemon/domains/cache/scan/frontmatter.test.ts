import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeText, parseFrontmatter } from '../../../../../daemon/domains/cache/scan/frontmatter.ts'

const codes = (text: string): string[] => parseFrontmatter(text).diagnostics.map((d) => d.code)
const block = (yaml: string): string => `---\n${yaml}\n---\n`

describe('decodeText', () => {
  it('reads UTF-8, and latin-1 where the bytes are not UTF-8', () => {
    expect(decodeText(Buffer.from('é'))).toEqual({ text: 'é', encoding: 'utf-8', diagnostics: [] })
    expect(decodeText(Buffer.from([0x63, 0x61, 0x66, 0xe9]))).toEqual({
      text: 'café',
      encoding: 'latin1',
      diagnostics: [{ code: 'file.not_utf8', detail: 'latin1' }],
    })
  })

  it('gives no text for a file with NUL bytes', () => {
    expect(decodeText(Buffer.from('---\nname: x\0\n---\n'))).toEqual({
      text: '',
      encoding: 'binary',
      diagnostics: [{ code: 'file.binary', detail: '' }],
    })
  })
})

describe('parseFrontmatter', () => {
  it.each([
    ['plain', '---\nname: x\n---\nbody', 'body'],
    ['with CRLF', '---\r\nname: x\r\n---\r\nbody\r\n', 'body\r\n'],
    ['after a byte order mark', '\uFEFF---\r\nname: x\r\n---\r\nbody', 'body'],
    ['after blank lines', '\n\n---\nname: x\n---\nb', 'b'],
    ['with blanks behind the lines', '---  \nname: x\n--- \t\nb', 'b'],
    ['that ends the text', '---\nname: x\n---', ''],
    ['with dashes inside', '---\nname: x\n----\n---\nb', 'b'],
  ])('finds a block %s', (_, text, body) => {
    const found = parseFrontmatter(text)
    expect(found.present).toBe(true)
    expect(found.data.name).toMatch(/^x/)
    expect(found.body).toBe(body)
    expect(text.slice(found.bodyOffset)).toBe(body)
  })

  it.each([
    ['no end', '---\nname: x\nbody', 'frontmatter.unclosed'],
    ['nothing between the lines', '---\n---\nbody', 'frontmatter.empty'],
    ['no beginning', '# Title\n---\nname: x\n---\n', 'frontmatter.missing'],
    ['text behind the opening', '--- name: x\n---\n', 'frontmatter.missing'],
    ['an empty file', '', 'frontmatter.missing'],
  ])('reads %s as no frontmatter, and says so', (_, text, code) => {
    expect(parseFrontmatter(text)).toMatchObject({ data: {}, present: false, diagnostics: [{ code }] })
  })

  it('reads a list or a word as an empty mapping', () => {
    expect(parseFrontmatter('---\n- a\n---\n')).toMatchObject({
      data: {},
      present: true,
      diagnostics: [{ code: 'frontmatter.not_mapping', detail: 'a list' }],
    })
    expect(codes(block('word'))).toEqual(['frontmatter.not_mapping'])
    expect(codes(block('# only a comment'))).toEqual(['frontmatter.empty'])
  })

  it('tells about byte order marks, CRLF, leading lines and repeated keys', () => {
    expect(codes('\uFEFF---\nname: x\n---\n')).toEqual(['frontmatter.bom'])
    expect(codes('\n---\nname: x\n---\n')).toEqual(['frontmatter.leading_space'])
    expect(codes('---\r\nname: x\r\n---\r\n')).toEqual(['frontmatter.crlf'])
    const twice = parseFrontmatter(block('name: x\nname: y'))
    expect(twice.data).toEqual({ name: 'y' })
    expect(twice.diagnostics).toEqual([{ code: 'frontmatter.duplicate_key', detail: 'name' }])
  })

  it.each([
    ['name: 1.10', { name: '1.10' }, ['name.coerced']],
    ['name: true', { name: 'true' }, ['name.coerced']],
    ['name: 2024-01-02', { name: '2024-01-02' }, []],
    ['description: 12', { description: '12' }, ['description.coerced']],
    ['version: 1.10', { version: '1.10' }, []],
    ['version: 1_000', { version: '1_000' }, []],
    ['model: on', { model: 'on' }, []],
    ['name: n\ntags: [y, n, no, 010, 1e3]', { name: 'n', tags: ['y', 'n', false, 8, '1e3'] }, []],
    ['updated: 2024-01-02', { updated: '2024-01-02' }, []],
    ['a: !!set {x, y}', { a: {} }, []],
  ])('takes %j for %j', (yaml, data, expected) => {
    expect(parseFrontmatter(block(yaml))).toMatchObject({ data })
    expect(codes(block(yaml))).toEqual(expected)
  })

  it.each([
    ['a second colon', 'description: Use when: x', { description: 'Use when: x' }],
    ['text behind a list', 'argument-hint: [a] [b]', { 'argument-hint': '[a] [b]' }],
    ['a glob', 'globs: *.ts', { globs: '*.ts' }],
    ['a list of globs', 'paths:\n  - **/*.ts\n  - src/*', { paths: ['**/*.ts', 'src/*'] }],
    ['a reserved character', 'description: `x` is y', { description: '`x` is y' }],
    ['a word behind a quote', 'description: "x" and y', { description: '"x" and y' }],
    ['an unclosed quote', "description: 'tis\nname: x", { description: "'tis", name: 'x' }],
    [
      'continued lines',
      'description: a: b\n  c: d\n\n  e\nname: x',
      { description: 'a: b c: d e', name: 'x' },
    ],
    ['a quote inside', "description: it's: so", { description: "it's: so" }],
    ['a nested value', 'name: x\nmetadata:\n  a: b: c\n  n: 1', { name: 'x', metadata: { a: 'b: c', n: 1 } }],
    ['a block beside it', 'a: b: c\nd: |\n  x: y: z\n  "q', { a: 'b: c', d: 'x: y: z\n"q\n' }],
    ['an unclosed list', 'name: x\nfoo: [1\nmodel: opus', { name: 'x', foo: '[1', model: 'opus' }],
    ['a comment', 'model: opus # best\ndescription: a: b # c', { model: 'opus', description: 'a: b # c' }],
  ])('repairs %s by quoting the value', (_, yaml, data) => {
    expect(parseFrontmatter(block(yaml)).data).toEqual(data)
    expect(codes(block(yaml))).toEqual(['frontmatter.yaml_repaired'])
  })

  it('names the line of the file and the trouble when it had to repair', () => {
    expect(parseFrontmatter(block('name: x\ndescription: a: b')).diagnostics[0]?.detail).toMatch(/^line 3: /)
    expect(parseFrontmatter(block('name: x\nglobs: @a')).diagnostics[0]?.detail).toMatch(/^line 3: /)
  })

  it.each([
    [
      'prose',
      'name: x\n<example>\nContext: a "b"\n</example>\nmodel: y',
      { name: 'x', Context: 'a "b"', model: 'y' },
    ],
    ['a tab', 'name: x\n\tfoo: 1\ntools:\n  - A\n  - "B"', { name: 'x', tools: 'A, B' }],
    ['a block of text', 'name: x\ndescription: |\n  one\n  two\n}', { name: 'x', description: 'one\ntwo' }],
  ])('reads %s line by line when nothing else helps', (_, yaml, data) => {
    expect(parseFrontmatter(block(yaml)).data).toEqual(data)
    expect(codes(block(yaml))).toEqual(['frontmatter.yaml_invalid'])
  })

  it('survives exploding aliases, endless nesting and huge blocks', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefg'[i]}`)}]`),
    ]
    const defused = parseFrontmatter(block(bomb.join('\n')))
    expect(defused.diagnostics[0]?.code).toBe('frontmatter.yaml_repaired')
    expect(JSON.stringify(defused.data).length).toBeLessThan(1_000)
    expect(codes(block(`name: x\na: ${'['.repeat(30_000)}`))).toEqual(['frontmatter.yaml_repaired'])
    const huge = parseFrontmatter(block(`name: x\ndescription: ? ${'y '.repeat(100_000)}`))
    expect(huge.data.name).toBe('x')
    expect(huge.diagnostics[0]?.code).toBe('frontmatter.yaml_invalid')
  })

  it('never throws, and always splits the text into two parts', () => {
    const piece = fc.constantFrom(
      '---',
      '\n',
      '\r\n',
      'name',
      ': ',
      '- ',
      '  ',
      '"',
      "'",
      '[',
      ']',
      '{',
      '|',
      '>',
      '#',
      '&a',
      '*a',
      '<<',
      '\uFEFF',
      '\t',
      'é',
      '!!',
      '\\',
      '%',
      '...',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), fc.boolean(), (parts, wrap) => {
        const text = wrap ? block(parts.join('')) : parts.join('')
        const found = parseFrontmatter(text)
        expect(text.slice(found.bodyOffset)).toBe(found.body)
        expect(JSON.parse(JSON.stringify(found.data))).toBeTypeOf('object')
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('the bundled reader', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'smd-bundle-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  // The package asks for the module `process` when it is evaluated.
  it('carries the yaml package and evaluates it on first use only', async () => {
    const source = path.resolve(
      import.meta.dirname,
      '../../../../../daemon/domains/cache/scan/frontmatter.ts',
    )
    const file = path.join(folder, 'reader.cjs')
    const bundle = await rolldown({ input: source, platform: 'node' })
    await bundle.write({ file, format: 'cjs' })
    const script = `
      const modules = require('module')
      const load = modules._load
      let loads = 0
      modules._load = (name, ...rest) => {
        if (name.endsWith('process')) loads++
        return load(name, ...rest)
      }
      const { parseFrontmatter } = require(${JSON.stringify(file)})
      const plain = parseFrontmatter('---\\nname: a\\n---\\n').data
      const before = loads
      const hard = parseFrontmatter('---\\nx: {a: &q 1}\\n---\\n').data
      console.log(JSON.stringify([plain, hard, before, loads > before]))`
    const output = execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' })
    expect(JSON.parse(output)).toEqual([{ name: 'a' }, { x: { a: 1 } }, 0, true])
    expect(readFileSync(file, 'utf8')).not.toMatch(/require\(["']yaml["']\)/)
  })
})
