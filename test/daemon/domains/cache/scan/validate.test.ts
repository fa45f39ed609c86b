// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of server files look like that
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type ValidatedType,
  type ValidationProfile,
  validateArtifact,
  validatePath,
} from '../../../../../daemon/domains/cache/scan/validate.ts'
import { corpusPart } from '../../../../support/corpus.ts'

let root: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'smd-validate-')))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(relPath: string, content: string | Buffer | object): string {
  const file = path.join(root, relPath)
  mkdirSync(path.dirname(file), { recursive: true })
  const isText = typeof content === 'string' || Buffer.isBuffer(content)
  writeFileSync(file, isText ? content : JSON.stringify(content, null, 2))
  return file
}

const good = '---\nname: demo\ndescription: What it does.\n---\nBody\n'

/** `severity code line` of every finding of a skill called demo. */
function skill(text: string | Buffer, profile: ValidationProfile, folder = 'demo'): string[] {
  write(`${folder}/SKILL.md`, text)
  return told(validateArtifact('skill', path.join(root, folder), profile))
}

const told = ({
  findings,
}: {
  findings: Array<{ severity: string; code: string; line: number | null }>
}): string[] => findings.map((f) => `${f.severity} ${f.code}${f.line === null ? '' : ` ${f.line}`}`)

const markdown = (type: ValidatedType, text: string, name = 'x.md'): string[] =>
  told(validateArtifact(type, write(name, text), 'claude-code'))

describe('validateArtifact of a skill', () => {
  it.each(['standard', 'portable', 'claude-code'] as const)(
    'has nothing to say about a good one (%s)',
    (profile) => {
      expect(skill(good, profile)).toEqual([])
      const all = `---\nname: demo\ndescription: d\nlicense: MIT\ncompatibility: any\nmetadata:\n  a: 1\nallowed-tools: Bash(git:*) Read\n---\n`
      expect(skill(all, profile)).toEqual([])
    },
  )

  it('collects every mistake of the standard, with its line', () => {
    const text = `---\nname: Demo--\nversion: 1.0\ndescription: ${'d'.repeat(1025)}\ncompatibility: ${'c'.repeat(501)}\nmetadata: [a]\nallowed-tools:\n  - Read\n---\n`
    expect(skill(text, 'standard')).toEqual([
      'error name.bad_characters 2',
      'error name.not_directory 2',
      'error description.too_long 4',
      'error frontmatter.unknown_key 3',
      'error compatibility.length 5',
      'error frontmatter.wrong_type 6',
      'error tools.list 7',
    ])
  })

  it.each([
    [
      'no frontmatter',
      '# Demo\n',
      ['error frontmatter.missing', 'error name.missing', 'error description.missing'],
    ],
    [
      'no end',
      '---\nname: demo\n',
      ['error frontmatter.unclosed', 'error name.missing', 'error description.missing'],
    ],
    [
      'an empty block',
      '---\n---\n',
      ['error frontmatter.empty', 'error name.missing', 'error description.missing'],
    ],
    [
      'a list',
      '---\n- a\n---\n',
      ['error frontmatter.not_mapping', 'error name.missing', 'error description.missing'],
    ],
    ['broken YAML', '---\nname: demo\ndescription: a: b\n---\n', ['error frontmatter.yaml_repaired 3']],
    ['a byte order mark', `\uFEFF${good}`, ['error frontmatter.bom']],
    ['lines before it', `\n\n${good}`, ['error frontmatter.leading_space']],
    [
      'a repeated key',
      good.replace('---\nBody', 'name: demo\n---\nBody'),
      ['error frontmatter.duplicate_key 2'],
    ],
    ['CRLF', good.replaceAll('\n', '\r\n'), ['info frontmatter.crlf']],
    [
      'a number for a name',
      good.replace('demo', '12'),
      ['info name.coerced 2', 'error name.not_directory 2'],
    ],
    [
      'a mapping for a name',
      good.replace('demo', '{a: b}'),
      ['error frontmatter.wrong_type 2', 'error name.missing'],
    ],
    ['an empty description', good.replace('What it does.', '""'), ['error description.missing 3']],
    [
      'a long name',
      good.replace('demo', 'a'.repeat(65)),
      ['error name.too_long 2', 'error name.not_directory 2'],
    ],
  ])('is strict about %s', (_, text, expected) => {
    const findings = skill(text, 'standard').map((line) =>
      line.startsWith('error name.missing') ? 'error name.missing' : line,
    )
    expect(findings).toEqual(expected)
  })

  it('compares name and folder by NFKC, and takes lowercase letters of any script', () => {
    expect(skill(good.replace('demo', 'cafe\u0301'), 'standard', 'caf\u00e9')).toEqual([])
    expect(skill(good.replace('demo', 'ｄｅｍｏ'), 'standard')).toEqual([])
    expect(skill(good.replace('demo', 'Écart'), 'standard', 'Écart')).toEqual(['error name.bad_characters 2'])
    expect(skill(good.replace('demo', 'démo-技能'), 'standard', 'démo-技能')).toEqual([])
  })

  it('names every key that does not survive an upload', () => {
    const text = '---\nname: demo\ndescription: d\nmodel: opus\nuser-invocable: false\n---\n'
    expect(skill(text, 'portable')).toEqual(['error portable.key 4', 'error portable.key 5'])
    expect(skill(text, 'claude-code')).toEqual([])
  })

  it('warns of what Claude Code would load all the same, and checks the values it knows', () => {
    const text =
      '---\nname: Other Name\nauthor: a\neffort: huge\nuser-invocable: maybe\nallowed-tools: [Read, Foo]\nhooks:\n  Stop: x\n---\n'
    expect(skill(text, 'claude-code')).toEqual([
      'warning name.bad_characters 2',
      'warning name.not_directory 2',
      'warning description.missing',
      'warning frontmatter.unknown_key 3',
      'warning value.not_allowed 4',
      'warning frontmatter.wrong_type 5',
      'warning config.wrong_type 7',
      'info tools.unknown 6',
    ])
    expect(
      skill(
        `---\nname: demo\ndescription: ${'d'.repeat(1000)}\nwhen_to_use: ${'w'.repeat(537)}\n---\n`,
        'claude-code',
      ),
    ).toEqual(['info description.cut 3'])
  })

  it('takes a lower-case skill.md with a remark, and misses one that is not there', () => {
    write('demo/skill.md', good)
    expect(told(validateArtifact('skill', path.join(root, 'demo'), 'standard'))).toEqual([
      'warning file.wrong_case',
    ])
    mkdirSync(path.join(root, 'empty'))
    expect(told(validateArtifact('skill', path.join(root, 'empty'), 'standard'))).toEqual([
      'error file.missing',
    ])
    expect(told(validateArtifact('skill', path.join(root, 'nowhere'), 'standard'))).toEqual([
      'error file.missing',
    ])
  })

  it('reports files that are empty, binary, huge, latin-1 or closed', () => {
    expect(skill('', 'claude-code')[0]).toBe('error file.empty')
    expect(skill(Buffer.from('---\nname: demo\0'), 'claude-code')).toEqual(['error file.binary'])
    expect(skill(Buffer.from('---\nname: demo\ndescription: caf\xe9\n---\n', 'latin1'), 'standard')).toEqual([
      'error file.not_utf8',
    ])
    truncateSync(write('big/SKILL.md', good), 200 * 1024 * 1024)
    expect(told(validateArtifact('skill', path.join(root, 'big'), 'claude-code'))).toEqual([
      'warning file.too_large',
    ])
  })

  it.skipIf(process.getuid?.() === 0)('reports a file it may not read', () => {
    chmodSync(write('demo/SKILL.md', good), 0)
    expect(told(validateArtifact('skill', path.join(root, 'demo'), 'standard'))).toEqual([
      'error file.unreadable',
    ])
  })

  it('gives lines that hold what they are about, and never throws, for any frontmatter', () => {
    const key = fc.constantFrom(
      'name',
      'description',
      'version',
      'allowed-tools',
      'metadata',
      'hooks',
      'effort',
    )
    const value = fc.oneof(fc.string(), fc.constantFrom('[a]', '{a: b}', '"x"', 'a: b', '', '12', '|\n  x'))
    const pairs = fc.array(fc.tuple(key, value), { maxLength: 5 })
    fc.assert(
      fc.property(pairs, fc.constantFrom('standard', 'portable', 'claude-code'), (entries, profile) => {
        const text = `---\n${entries.map(([k, v]) => `${k}: ${v}`).join('\n')}\n---\n`
        write('demo/SKILL.md', text)
        const result = validateArtifact('skill', path.join(root, 'demo'), profile as ValidationProfile)
        expect(result.ok).toBe(result.findings.every((f) => f.severity !== 'error'))
        for (const { line } of result.findings) {
          if (line !== null) expect(line).toBeLessThanOrEqual(text.split('\n').length)
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('validateArtifact of an agent or a command', () => {
  it.each([
    ['a good agent', '---\nname: a\ndescription: d\ntools: Read\ncolor: red\n---\n', []],
    ['a missing name', '---\ndescription: d\n---\n', ['error name.missing']],
    ['a missing description', '---\nname: a\n---\n', ['error description.missing']],
    ['a bad name', '---\nname: "-a:B"\ndescription: d\n---\n', ['error agent.bad_name 2']],
    [
      'unknown keys and values',
      '---\nname: a\ndescription: d\ncapabilities: [x]\ncolor: teal\nmaxTurns: 0\n---\n',
      ['warning frontmatter.unknown_key 4', 'warning value.not_allowed 5', 'warning value.not_allowed 6'],
    ],
    ['broken YAML', '---\nname: a\ndescription: Use: this\n---\n', ['error frontmatter.yaml_repaired 3']],
    ['documentation', '# About these agents\n', ['warning frontmatter.missing', 'info agent.documentation']],
  ])('judges %s', (_, text, expected) => expect(markdown('agent', text)).toEqual(expected))

  it('takes a command without frontmatter, but not with a broken one', () => {
    expect(markdown('command', 'Do it.\n')).toEqual([])
    expect(markdown('command', '---\nargument-hint: [a] [b]\n---\n')).toEqual([
      'error frontmatter.yaml_repaired 2',
    ])
    expect(markdown('command', '---\ndescription: d\nmodel: opus\nfoo: 1\n---\n')).toEqual([
      'warning frontmatter.unknown_key 4',
    ])
    expect(markdown('rule', '---\npaths: {a: b}\n---\n')).toEqual(['warning frontmatter.wrong_type 2'])
  })
})

describe('validateArtifact of servers and hooks', () => {
  it('judges servers, wrapped or bare, and says how to repair them', () => {
    const servers = {
      'no-type': { url: 'https://x.example/mcp' },
      workspace: { command: 'x' },
      'bad name': { command: ' x' },
      needs: { command: 'x', env: { A: '${SET}', B: '${UNSET}', C: '${OTHER:-c}' } },
      off: { type: 'http', url: '' },
    }
    const expected = [
      ['mcp.url_without_type', 'error', 3],
      ['mcp.reserved_name', 'error', 6],
      ['mcp.bad_name', 'warning', 9],
      ['mcp.whitespace', 'warning', 9],
      ['mcp.unset_variable', 'warning', 12],
      ['mcp.not_configured', 'info', 20],
    ]
    for (const [value, shift] of [
      [{ mcpServers: servers }, 0],
      [servers, -1],
    ] as const) {
      const { findings, ok } = validateArtifact('mcp', write('.mcp.json', value), 'claude-code', {
        variableNames: ['SET'],
      })
      expect(findings.map((f) => [f.code, f.severity, f.line])).toEqual(
        expected.map(([c, s, line]) => [c, s, Number(line) + shift]),
      )
      expect(findings[0]?.message).toBe('url without type: add "type": "http"')
      expect(ok).toBe(false)
    }
  })

  it('says nothing about variables when it does not know which are set', () => {
    expect(
      told(validateArtifact('mcp', write('.mcp.json', { a: { command: '${X}' } }), 'claude-code')),
    ).toEqual([])
  })

  it('judges hooks of settings', () => {
    const file = write('.claude/settings.json', {
      hooks: {
        Stop: [{ hooks: [{ type: 'command', command: 'x' }] }],
        Nope: [{ hooks: [{ type: 'command' }] }],
        PreToolUse: [{ matcher: '(', hooks: [{ type: 'odd' }] }],
      },
    })
    expect(told(validateArtifact('hook', file, 'claude-code'))).toEqual([
      'warning hook.unknown_event 13',
      'error hook.missing_field 13',
      'warning hook.unknown_type 22',
      'warning hook.bad_matcher 22',
    ])
    expect(
      told(validateArtifact('hook', write('.claude/settings.json', { model: 'x' }), 'claude-code')),
    ).toEqual([])
  })

  it('reports JSON that is broken, with the line, and never throws for other values', () => {
    const [broken] = told(validateArtifact('mcp', write('.mcp.json', '{\n  "a": {]\n}'), 'claude-code'))
    expect(broken).toBe('error config.invalid_json 2')
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('mcp' as const, 'hook' as const), (json, type) => {
        expect(validateArtifact(type, write('x.json', json), 'claude-code').path).toBe(
          path.join(root, 'x.json'),
        )
      }),
      { numRuns: 100 },
    )
  })
})

describe('validatePath', () => {
  const found = (at: string, profile: ValidationProfile = 'claude-code'): string[] =>
    validatePath(path.join(root, at), profile).map(
      (item) => `${item.type} ${path.relative(root, item.path)}${item.ok ? '' : ' !'}`,
    )

  it('refuses a path that does not exist', () => {
    expect(() => found('nothing')).toThrow(expect.objectContaining({ slug: 'validate.path_not_found' }))
    write('file', '')
    expect(() => found('file/below')).toThrow(expect.objectContaining({ slug: 'validate.path_not_found' }))
  })

  it('takes a skill by its folder or its SKILL.md, and a file by its name or place', () => {
    write('skills/demo/SKILL.md', good)
    write('commands/git/c.md', 'x')
    write('agents/a.md', '---\nname: a\n---\n')
    write('.mcp.json', {})
    write('.claude/settings.local.json', {})
    write('docs/x.md', '')
    expect(found('skills/demo')).toEqual(['skill skills/demo'])
    expect(found('skills/demo/SKILL.md')).toEqual(['skill skills/demo'])
    expect(found('commands/git/c.md')).toEqual(['command commands/git/c.md'])
    expect(found('agents/a.md')).toEqual(['agent agents/a.md !'])
    expect(found('.mcp.json')).toEqual(['mcp .mcp.json'])
    expect(found('.claude/settings.local.json')).toEqual(['hook .claude/settings.local.json'])
    expect(validatePath(path.join(root, 'docs/x.md'), 'standard')[0]?.findings[0]?.code).toBe(
      'artifact.unknown_type',
    )
  })

  it('looks through a project where agents keep things, and nowhere else', () => {
    write('.claude/skills/one/SKILL.md', good)
    write('.claude/skills/group/two/SKILL.md', good)
    write('.claude/skills/lost/README.md', 'x')
    write('.claude/commands/git/c.md', 'x')
    write('.claude/agents/a.md', '---\nname: a\ndescription: d\n---\n')
    write('.agents/skills/three/SKILL.md', good)
    symlinkSync('../../.agents/skills/three', path.join(root, '.claude/skills/linked'))
    write('.mcp.json', {})
    write('.claude/settings.json', {})
    write('src/agents/notes.md', 'x')
    write('node_modules/x/.claude/skills/y/SKILL.md', good)
    expect(found('.', 'claude-code').sort()).toEqual([
      'agent .claude/agents/a.md',
      'command .claude/commands/git/c.md',
      'hook .claude/settings.json',
      'mcp .mcp.json',
      'skill .agents/skills/three',
      'skill .claude/skills/group/two',
      'skill .claude/skills/lost !',
      'skill .claude/skills/one',
    ])
  })

  it('looks everywhere below any other folder, by the names of folders', () => {
    write('p/README.md', 'x')
    write('p/skills/demo/SKILL.md', good)
    write('p/skills/demo/agents/inner.md', 'x')
    write('p/commands/c.md', 'x')
    write('p/agents/pm/a.md', '---\nname: a\ndescription: d\n---\n')
    write('p/hooks/hooks.json', { hooks: {} })
    write('p/docs/x.md', 'x')
    expect(found('p')).toEqual([
      'agent p/agents/pm/a.md',
      'command p/commands/c.md',
      'hook p/hooks/hooks.json',
      'skill p/skills/demo',
    ])
    expect(found('p/agents')).toEqual(['agent p/agents/pm/a.md'])
    expect(found('p/agents/pm')).toEqual(['agent p/agents/pm/a.md'])
    expect(found('p/docs')).toEqual([])
  })

  it('misses the SKILL.md of a folder among skills, and finds nothing in an empty folder', () => {
    write('skills/lost/README.md', 'x')
    mkdirSync(path.join(root, 'empty'))
    expect(found('skills/lost')).toEqual(['skill skills/lost !'])
    expect(found('empty')).toEqual([])
  })

  it('ends in loops of links, and reports those that lead nowhere', () => {
    write('.claude/commands/c.md', 'x')
    symlinkSync('..', path.join(root, '.claude/commands/up'))
    symlinkSync('nowhere.md', path.join(root, '.claude/commands/gone.md'))
    symlinkSync('.', path.join(root, '.claude/agents'))
    mkdirSync(path.join(root, '.claude/skills'))
    symlinkSync('nowhere', path.join(root, '.claude/skills/gone'))
    symlinkSync('loop.md', path.join(root, '.claude/commands/loop.md'))
    const items = validatePath(root, 'claude-code')
    const codes = Object.fromEntries(
      items.map((item) => [path.relative(root, item.path), item.findings[0]?.code]),
    )
    expect(codes).toMatchObject({
      '.claude/commands/c.md': undefined,
      '.claude/commands/gone.md': 'file.dangling_link',
      '.claude/commands/loop.md': 'file.link_loop',
      '.claude/skills/gone': 'file.dangling_link',
    })
  })

  it('judges every artifact of the corpus, most of them well', () => {
    for (const part of ['templates', 'official', 'wshobson'] as const) {
      const items = validatePath(corpusPart(part), 'claude-code')
      expect(items.length).toBeGreaterThan(50)
      expect(items.filter((item) => item.ok).length / items.length).toBeGreaterThan(0.8)
      for (const item of items)
        expect(item.findings.map((f) => f.code)).not.toContain('frontmatter.yaml_invalid')
    }
  })
})
