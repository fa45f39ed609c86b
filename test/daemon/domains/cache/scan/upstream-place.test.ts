import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gitPlace, localPlace, unsupported } from '../../../../../daemon/domains/cache/scan/upstream-place.ts'

const github = (owner: string, repo: string, ref: string | null = null) => ({
  kind: 'github',
  owner,
  repo,
  ref,
})
const other = (url: string, ref: string | null = null) => ({ kind: 'git', url, ref })

describe('gitPlace', () => {
  it.each([
    ['o/r', github('o', 'r'), null],
    ['o/r#v1', github('o', 'r', 'v1'), null],
    ['o/r/skills/demo', github('o', 'r'), 'skills/demo'],
    ['github:o/r@main', github('o', 'r', 'main'), null],
    ['gitlab:o/r', other('https://gitlab.com/o/r.git'), null],
    ['https://github.com/o/r.git', github('o', 'r'), null],
    ['https://www.github.com/o/r/', github('o', 'r'), null],
    ['git+https://github.com/o/r.git#v2', github('o', 'r', 'v2'), null],
    ['https://github.com/o/r/tree/main/skills/a%20b', github('o', 'r', 'main'), 'skills/a b'],
    ['git@github.com:o/r.git', github('o', 'r'), null],
    ['git@h.example:team/sub/r.git', other('ssh://git@h.example/team/sub/r.git'), null],
    ['ssh://git@h.example:2222/r.git', other('ssh://git@h.example:2222/r.git'), null],
    ['https://gitlab.example/g/s/r/-/tree/dev/x', other('https://gitlab.example/g/s/r', 'dev'), 'x'],
    ['https://h.example/r@v1', other('https://h.example/r', 'v1'), null],
    ['file:///srv/r.git', other('file:///srv/r.git'), null],
  ])('%s', (address, source, path) => {
    expect(gitPlace(address)).toEqual({ source, path })
  })

  it('keeps no password and no query, and of the user only what SSH needs', () => {
    expect(gitPlace('https://me:hunter2@h.example/r.git?token=abc')).toEqual({
      source: other('https://h.example/r.git'),
      path: null,
    })
    expect(gitPlace('ssh://git:hunter2@h.example/r.git').source).toEqual(other('ssh://git@h.example/r.git'))
  })

  it('prefers what the record says to what the address says', () => {
    const address = 'https://github.com/o/r/tree/0123456789/old'
    expect(gitPlace(address, { ref: 'main', path: 'new/' })).toEqual({
      source: github('o', 'r', 'main'),
      path: 'new',
    })
    expect(gitPlace(address, { ref: null }).source).toEqual(github('o', 'r'))
    for (const ref of ['latest', 'HEAD', ''])
      expect(gitPlace('o/r', { ref }).source).toEqual(github('o', 'r'))
    expect(gitPlace('o/r', { ref: 'refs/heads/dev' }).source).toEqual(github('o', 'r', 'dev'))
  })

  it.each([
    '',
    'just words',
    './local/folder',
    'ext::sh -c id',
    '-u/x',
    'https://github.com/o',
    'https://github.com/o/r/x/y',
    'javascript:alert(1)',
    'ftp://h.example/r',
    'o/..',
  ])('cannot ask %j', (address) => {
    expect(gitPlace(address)).toEqual(unsupported)
  })

  it.each([
    [{ path: '../outside' }],
    [{ path: 'a/../../b' }],
    [{ ref: '--upload-pack=id' }],
    [{ ref: 'a b' }],
    [{ ref: 'a..b' }],
    [{ ref: 'x\n' }],
  ])('passes nothing on that git could misunderstand: %j', (wanted) => {
    expect(gitPlace('o/r', wanted)).toEqual(unsupported)
  })

  it('never throws, and never passes on an option, a way out or a password', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string()), fc.option(fc.string()), (address, ref, path) => {
        const place = gitPlace(address, { ref, path })
        if (typeof place.source === 'string') return
        const { source } = place
        if (source.kind !== 'github' && source.kind !== 'git') throw new Error('another kind')
        expect(source.ref ?? '').not.toMatch(/^-|\s/)
        expect((place.path ?? '').split('/')).not.toContain('..')
        if (source.kind === 'git') expect(source.url).toMatch(/^(?:https?|ssh|git|file):\/\/(?![^/]*:[^/]*@)/)
        else expect(`${source.owner}/${source.repo}`).toMatch(/^[\w.-]+\/[\w.-]+$/)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('localPlace', () => {
  it('asks absolute folders only: others mean something else everywhere', () => {
    expect(localPlace('/srv/skills/demo')).toEqual({
      source: { kind: 'path', path: '/srv/skills/demo' },
      path: '',
    })
    expect(localPlace('/srv', 'skills/demo').path).toBe('skills/demo')
    expect(localPlace('./skills')).toEqual(unsupported)
  })
})
