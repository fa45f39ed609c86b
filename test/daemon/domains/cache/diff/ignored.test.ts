import { describe, expect, it } from 'vitest'
import { ignoring } from '../../../../../daemon/domains/cache/diff/ignored.ts'

const left = (patterns: string[], paths: string[]) => paths.filter((path) => !ignoring(patterns).path(path))

describe('what a comparison leaves out', () => {
  const paths = ['SKILL.md', '.hidden.log', 'a/b.log', 'a/b/c.md', 'build/x.js', 'docs/a/x.md', 'docs/x.md']

  it.each<[patterns: string[], left: string[]]>([
    [[], paths],
    [['*.log'], ['SKILL.md', 'a/b/c.md', 'build/x.js', 'docs/a/x.md', 'docs/x.md']],
    [
      ['build/', 'b'],
      ['SKILL.md', '.hidden.log', 'a/b.log', 'docs/a/x.md', 'docs/x.md'],
    ],
    [['docs/*.md'], ['SKILL.md', '.hidden.log', 'a/b.log', 'a/b/c.md', 'build/x.js', 'docs/a/x.md']],
    [
      ['docs/**/*.md', './a/b'],
      ['SKILL.md', '.hidden.log', 'a/b.log', 'build/x.js'],
    ],
    [
      ['[ab]', 'SKILL.??'],
      ['.hidden.log', 'build/x.js', 'docs/x.md'],
    ],
    // A mark of exclusion is a character of a name as any other.
    [['!docs'], paths],
    [['/'], paths],
  ])('%j', (patterns, expected) => {
    expect(left(patterns, paths)).toEqual(expected)
  })
})
