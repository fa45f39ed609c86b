import { describe, expect, it } from 'vitest'
import { nameOfSource, readSource } from '../../../../../../daemon/domains/collections/work/library/source.ts'
import { machineFolders } from '../../../../../../daemon/kernel/config/machine-folders.ts'

const tools = { folders: machineFolders({}, 'linux', '/home/u') }
const read = (spec: string) => readSource(spec, tools)

describe('readSource (formats 11)', () => {
  it.each([
    ['o/r', '', 'latest', null],
    ['o/r/p', 'p', 'latest', null],
    ['o/r/p/q@v1.2.0', 'p/q', 'v1.2.0', 'v1.2.0'],
    ['o/r@abc1234', '', 'abc1234', 'abc1234'],
    ['o/r/a@b@v1', 'a@b', 'v1', 'v1'],
    ['o/r/p@feature/x', 'p', 'feature/x', 'feature/x'],
    ['o/r/p@', 'p', 'latest', null],
    ['o/r//p', 'p', 'latest', null],
    ['o/r/p/', 'p', 'latest', null],
    [' o/r ', '', 'latest', null],
    ['https://github.com/o/r', '', 'latest', null],
    ['https://github.com/o/r.git', '', 'latest', null],
    ['https://github.com/o/r/tree/v2/p/q', 'p/q', 'v2', 'v2'],
    ['github.com/o/r/p', 'p', 'latest', null],
  ])('reads %s', (spec, path, version, ref) => {
    expect(read(spec)).toEqual({
      kind: 'repository',
      source: { kind: 'github', owner: 'o', repo: 'r', ref },
      path,
      version,
    })
  })

  it.each([
    ['https://git.example.org/a/b.git', 'https://git.example.org/a/b.git', '', 'latest'],
    ['https://gitlab.com/a/b/-/tree/main/x', 'https://gitlab.com/a/b', 'x', 'main'],
    ['git@host:a/b.git', 'ssh://git@host/a/b.git', '', 'latest'],
    ['https://user:secret@git.example.org/a/b.git#v1', 'https://git.example.org/a/b.git', '', 'v1'],
  ])('reads the address %s without what nobody should keep', (spec, url, path, version) => {
    expect(read(spec)).toMatchObject({ kind: 'repository', source: { kind: 'git', url }, path, version })
  })

  it.each([
    ['/a/b', '/a/b'],
    ['~/x', '/home/u/x'],
    ['/with blanks/ü', '/with blanks/ü'],
  ])('takes %s for a place on this disk', (spec, path) => {
    expect(read(spec)).toEqual({ kind: 'disk', path })
  })

  it.each([
    ['', 'it is empty'],
    ['o', 'it needs at least owner/repo'],
    ['./x', 'a local path must be absolute here'],
    ['o/..', '".." is no name there'],
    ['o o/r', '"o o" is no name there'],
    ['o/r/../p', 'the path must not hold ".."'],
    ['o/r/a\\b', 'it holds a backslash'],
    ['o/r@-x', 'the version must not begin with "-"'],
    ['o/r@a..b', '"a..b" is no version'],
    ['o/\u0000r', 'it holds a control character'],
    ['ftp://x/y', 'it is no address of a repository'],
    ['plugin@nowhere', 'no marketplace "nowhere" is known'],
  ])('refuses %j', (spec, reason) => {
    expect(() => read(spec)).toThrow(`is no source: ${reason}.`)
  })

  it('names sources as people know them', () => {
    expect(
      ['o/r/p@v1', '/x/y', 'https://git.example.org/a/b.git'].map((spec) => nameOfSource(read(spec))),
    ).toEqual(['o/r/p', '/x/y', 'https://git.example.org/a/b.git'])
  })
})
