import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFrontmatter } from '../../../../../daemon/domains/cache/scan/frontmatter.ts'
import {
  normaliseFrontmatter,
  readMarkdownMeta,
} from '../../../../../daemon/domains/cache/scan/frontmatter-meta.ts'
import { corpusPath, filesBelow } from '../../../../support/corpus.ts'

const fieldsOf = (text: string) => normaliseFrontmatter(parseFrontmatter(text).data)
const codes = (...args: Parameters<typeof readMarkdownMeta>) =>
  readMarkdownMeta(...args).diagnostics.map((d) => (d.detail ? `${d.code}: ${d.detail}` : d.code))

describe('normaliseFrontmatter', () => {
  it.each([
    [
      '---\nname: demo\ndescription: A b\ntools: Bash, Read, FooBar\n---\n',
      {
        name: 'demo',
        description: 'A b',
        tools: ['Bash', 'Read', 'FooBar'],
        extra: { unknown_tools: ['FooBar'] },
      },
    ],
    ['\uFEFF---\r\nname: x\r\n---\r\nbody', { name: 'x', extra: {} }],
    ['\n\n---\nname: x\n---\nb', { name: 'x', extra: {} }],
    ['---\nname: x\nbody', { extra: {} }],
    ['---\n---\nbody', { extra: {} }],
    ['---\n- a\n---\n', { extra: {} }],
    [
      '---\nname: x\ndescription: a: b: c\nallowed-tools: Bash, Read\nmodel: opus\nfoo: 1\n---\n',
      { name: 'x', description: 'a: b: c', tools: ['Bash', 'Read'], model: 'opus', extra: { foo: '1' } },
    ],
    ['---\nname: n\ndescription: |\n  one\n  two\n---\n', { name: 'n', description: 'one\ntwo', extra: {} }],
  ])('reads the vector %j of the formats spec', (text, fields) => {
    expect(fieldsOf(text)).toEqual(fields)
  })

  it('reads the vector with tools and tags, and keeps the false that the original loses', () => {
    const text =
      '---\nname: n\nallowed-tools: [Bash(git:*), Read]\nuser-invocable: false\nversion: 1.0\ntags: a, b\n---\n'
    expect(fieldsOf(text)).toEqual({
      name: 'n',
      tools: ['Bash(git:*)', 'Read'],
      version: '1.0',
      tags: ['a', 'b'],
      userInvocable: false,
      extra: {},
    })
  })

  it.each([
    ['Bash(git:*) Read', ['Bash(git:*)', 'Read']],
    ['Bash(git add:*, git rm:*), Read', ['Bash(git add:*, git rm:*)', 'Read']],
    ['Bash(git add:*) Read', ['Bash(git add:*)', 'Read']],
    ['Read Write', ['Read', 'Write']],
    ['Read, Write', ['Read', 'Write']],
    [' Read ', ['Read']],
  ])('splits allowed-tools %j outside of parentheses', (text, tools) => {
    expect(normaliseFrontmatter({ 'allowed-tools': text }).tools).toEqual(tools)
  })

  it('knows tools in any spelling, by the part before the parenthesis', () => {
    const fields = normaliseFrontmatter({
      tools: 'bash(ls), web-fetch, Todo_Write, Nope',
      disallowedTools: ['read', 'x'],
    })
    expect(fields.extra.unknown_tools).toEqual(['Nope'])
    expect(fields.disallowedTools).toEqual(['Read'])
  })

  it.each([
    [{ tools: '', 'allowed-tools': 'Read' }, { tools: ['Read'] }],
    [{ allowedTools: ['Read', null, 3] }, { tools: ['Read', '3'], extra: { unknown_tools: ['3'] } }],
    [{ 'permission-mode': 'plan' }, { permissionMode: 'plan' }],
    [{ 'user-invocable': 'Yes' }, { userInvocable: true }],
    [{ userInvocable: 1 }, { userInvocable: true }],
    [{ hooks: { Stop: [] } }, { hooks: { Stop: [] } }],
    [
      { tags: ['a', 1], skills: 'x, y', dependencies: [] },
      { tags: ['a', '1'], skills: ['x', 'y'], dependencies: [] },
    ],
    [{ name: null, description: '  ' }, {}],
  ])('reads %j', (data, fields) => {
    expect(normaliseFrontmatter(data)).toEqual({ extra: {}, ...fields })
  })
})

describe('readMarkdownMeta', () => {
  it('goes by the folder for a skill, by the file for a command, by the name for an agent', () => {
    const text = '---\nname: given\ndescription: d\n---\n'
    expect(readMarkdownMeta('skill', 'folder', text)).toMatchObject({
      name: 'folder',
      title: 'given',
    })
    expect(readMarkdownMeta('command', 'file', text)).toMatchObject({ name: 'file', title: 'given' })
    expect(readMarkdownMeta('agent', 'file', text)).toMatchObject({ name: 'given', title: null })
    expect(readMarkdownMeta('agent', 'file', 'x').name).toBe('file')
    expect(readMarkdownMeta('skill', 'given', text).title).toBeNull()
    expect(readMarkdownMeta('skill', 's', '---\nname: n\ntitle: T\n---\n').title).toBe('T')
  })

  it.each([
    ['the description', '---\ndescription: d\n---\nbody', 'd'],
    [
      'the first line that is no heading',
      '---\nname: x\n---\n\n# Title\n\nFirst line.\nSecond.',
      'First line.',
    ],
    ['the first line of a file without frontmatter', '# T\n\r\n  text  \r\n', 'text'],
    ['200 characters at most', `x\u{1F600}${'é'.repeat(300)}`, `x\u{1F600}${'é'.repeat(198)}`],
    ['nothing', '# Only a heading', null],
  ])('summarises by %s', (_, text, summary) => {
    expect(readMarkdownMeta('command', 'c', text).description).toBe(summary)
  })

  it('tells what is odd about a skill', () => {
    expect(codes('skill', 'demo', '---\nname: demo\ndescription: d\n---\n')).toEqual([])
    expect(codes('skill', 'demo', '---\nname: Demo_1\nversion: 1\nauthor: a\n---\n')).toEqual([
      'name.bad_characters: Demo_1',
      'name.not_directory: Demo_1 in demo',
      'description.missing',
      'frontmatter.unknown_key: version, author',
    ])
    expect(codes('skill', 'demo', 'text')).toEqual([
      'frontmatter.missing',
      'name.missing: demo',
      'description.missing',
    ])
    expect(
      codes('skill', 'a'.repeat(65), `---\nname: ${'a'.repeat(65)}\ndescription: ${'d'.repeat(1025)}\n---\n`),
    ).toEqual(['name.too_long: 65', 'description.too_long: 1025'])
    expect(codes('skill', 'demo', '---\nname: [demo]\ndescription: d\n---\n')).toEqual([
      'frontmatter.wrong_type: name',
      'name.missing: demo',
    ])
  })

  it('tells what is odd about an agent, and takes one without a name for documentation', () => {
    expect(codes('agent', 'a', '---\nname: a\n---\n')).toEqual(['description.missing'])
    expect(codes('agent', 'a', '---\nname: -A:b\ndescription: d\ncapabilities: [x]\n---\n')).toEqual([
      'agent.bad_name: -A:b',
      'frontmatter.unknown_key: capabilities',
    ])
    expect(codes('agent', 'README', '# About')).toEqual(['frontmatter.missing', 'agent.documentation'])
  })

  it('asks nothing of a command, a rule or a memory file', () => {
    for (const type of ['command', 'rule', 'memory'] as const) expect(codes(type, 'x', '# Text')).toEqual([])
  })

  it('names tools nobody knows, but not those of servers', () => {
    expect(codes('agent', 'a', '---\nname: a\ndescription: d\ntools: Read, Foo, mcp__x__y\n---\n')).toEqual([
      'tools.unknown: Foo',
    ])
  })

  it('survives any value', () => {
    const value = fc.jsonValue({ maxDepth: 2 })
    const key = fc.constantFrom(
      'name',
      'description',
      'tools',
      'allowed-tools',
      'tags',
      'hooks',
      'user-invocable',
      'x',
    )
    fc.assert(
      fc.property(fc.dictionary(key, value), (data) => {
        const meta = readMarkdownMeta('skill', 's', `---\n${JSON.stringify(data)}\n---\nbody`)
        expect(meta.name).toBe('s')
        for (const tag of meta.tags ?? []) expect(tag).toBeTypeOf('string')
      }),
    )
  })

  it('gives every markdown file of the corpus a name, and all skills of it a summary', () => {
    for (const file of filesBelow(corpusPath(), (name) => name.endsWith('.md'))) {
      const isSkill = path.basename(file).toLowerCase() === 'skill.md'
      const stem = isSkill ? path.basename(path.dirname(file)) : path.basename(file, '.md')
      const meta = readMarkdownMeta(isSkill ? 'skill' : 'agent', stem, readFileSync(file, 'utf8'))
      expect(meta.name).not.toBe('')
      if (isSkill) expect({ file, description: meta.description }).not.toEqual({ file, description: null })
      for (const d of meta.diagnostics)
        expect({ file, code: d.code }).not.toEqual({ file, code: 'frontmatter.yaml_invalid' })
    }
  })
})
