import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatSource, parseSourceSpec } from '../../../../daemon/domains/cache/source-spec.ts'

const github = (owner: string, repo: string, path: string, version: string) => ({
  ok: true,
  source: { kind: 'github', owner, repo, path, version },
})

describe('parseSourceSpec', () => {
  it.each([
    ['o/r', github('o', 'r', '', 'latest')],
    ['o/r/p', github('o', 'r', 'p', 'latest')],
    ['o/r/p/q@v1.2.0', github('o', 'r', 'p/q', 'v1.2.0')],
    ['o/r@abc1234', github('o', 'r', '', 'abc1234')],
    ['o/r/a@b@v1', github('o', 'r', 'a@b', 'v1')],
    ['o/r/p@feature/x', github('o', 'r', 'p', 'feature/x')],
    ['o/r/p@', github('o', 'r', 'p', 'latest')],
    ['o/r//p', github('o', 'r', 'p', 'latest')],
    ['o/r/p/', github('o', 'r', 'p', 'latest')],
    ['https://github.com/o/r', github('o', 'r', '', 'latest')],
    ['https://github.com/o/r/tree/v1/a/b', github('o', 'r', 'a/b', 'v1')],
    [' o/r ', github('o', 'r', '', 'latest')],
    ['/o/r', { ok: true, source: { kind: 'local', path: '/o/r' } }],
    ['o', { ok: false, reason: 'it needs at least owner/repo' }],
  ])('reads the vector %j of the formats spec', (text, expected) => {
    expect(parseSourceSpec(text)).toEqual(expected)
  })

  it.each([
    ['https://github.com/o/r.git', github('o', 'r', '', 'latest')],
    ['https://www.github.com/o/r/', github('o', 'r', '', 'latest')],
    ['https://github.com/o/r@v2', github('o', 'r', '', 'v2')],
    ['https://github.com/o/r/blob/main/a/b.md', github('o', 'r', 'a/b.md', 'main')],
    ['github.com/o/r/p', github('o', 'r', 'p', 'latest')],
    ['o/r/./p', github('o', 'r', 'p', 'latest')],
  ])('reads %j', (text, expected) => expect(parseSourceSpec(text)).toEqual(expected))

  it.each(['.', './x', '../x', '/x', '~/x', '~', '\\\\host\\x', 'C:\\x', 'c:/x'])(
    'takes %j for a local path',
    (text) => {
      expect(parseSourceSpec(text)).toEqual({ ok: true, source: { kind: 'local', path: text } })
    },
  )

  it('takes an existing path for local, even where it reads like a repository', () => {
    expect(parseSourceSpec('skills/x', (path) => path === 'skills/x')).toMatchObject({
      source: { kind: 'local' },
    })
    expect(parseSourceSpec('x', () => true)).toMatchObject({ source: { kind: 'local' } })
  })

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['o/', 'repository'],
    ['o r/x', 'owner'],
    ['o/..', 'repository'],
    ['o/r/../x', '".."'],
    ['o/r@--upload-pack=x', '"-"'],
    ['o/r/a\\b', 'backslash'],
    ['ftp://github.com/o/r', 'ftp:'],
    ['https://example.com/o/r', 'example.com'],
    ['https://github.com/o', 'owner/repo'],
    ['https://github.com/o/r/issues/1', '/issues'],
    ['https://github.com/o/%zz', 'not valid'],
    ['https://github.com/o/r/tree/-x', '"-"'],
    ['https://github.com/o/r/tree/m/%2e%2e%2fx', '".."'],
  ])('refuses %j', (text, reason) => {
    expect(parseSourceSpec(text)).toEqual({ ok: false, reason: expect.stringContaining(reason) })
  })

  it('reads back what formatSource writes, and never throws', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/).filter((text) => !/^github$/i.test(text))
    const path = fc
      .array(fc.stringMatching(/^[a-z0-9_-]{1,5}$/), { maxLength: 3 })
      .map((parts) => parts.join('/'))
    const version = fc.stringMatching(/^[a-z0-9][a-z0-9./-]{0,8}$/)
    fc.assert(
      fc.property(name, name, path, version, (owner, repo, folder, at) => {
        const text = formatSource({ owner, repo, path: folder, version: at })
        expect(text).toMatch(/^github:[^/]+\/[^@]+@.+$/)
        expect(parseSourceSpec(text.replace('github:', ''))).toEqual(github(owner, repo, folder, at))
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'o/r@.-:\\ ~é%\n'.split('')) }), (text) => {
        const parsed = parseSourceSpec(text)
        if (parsed.ok && parsed.source.kind === 'github') {
          expect(parsed.source.path.split('/')).not.toContain('..')
          expect(parsed.source.version).toMatch(/^[^-]/)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('formatSource', () => {
  it('leaves out an empty path', () => {
    expect(formatSource({ owner: 'o', repo: 'r', path: '', version: 'latest' })).toBe('github:o/r@latest')
    expect(formatSource({ owner: 'o', repo: 'r', path: 'p/q', version: 'v1' })).toBe('github:o/r/p/q@v1')
  })
})
