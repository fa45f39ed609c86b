import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  folderOfSkillPath,
  gitSource,
  shortCommit,
} from '../../../../../daemon/domains/cache/scan/source-text.ts'

describe('gitSource', () => {
  it('writes one form for all spellings of a repository', () => {
    expect(gitSource('o/r')).toBe('github:o/r')
    expect(gitSource('github:o/r', { path: 'skills/x', version: 'v1' })).toBe('github:o/r/skills/x@v1')
    expect(gitSource('https://github.com/o/r.git', { path: './skills/x/' })).toBe('github:o/r/skills/x')
    expect(gitSource('git+https://github.com/o/r@v2')).toBe('github:o/r@v2')
    expect(gitSource('https://github.com/o/r/tree/abc/skills/demo')).toBe('github:o/r/skills/demo@abc')
    expect(gitSource('git@gitlab.com:g/s/r.git#v1')).toBe('gitlab:g/s/r@v1')
    expect(gitSource('https://gitlab.com/g/r/-/tree/main/a/b')).toBe('gitlab:g/r/a/b@main')
    expect(gitSource('ssh://git@git.corp.example:2222/a/b.git')).toBe('git:git.corp.example/a/b')
  })

  it('gives null for what is no repository', () => {
    for (const text of ['./x', '/abs/path', 'word', '', 'C:\\x']) expect(gitSource(text)).toBeNull()
  })

  it('never keeps credentials or a query', () => {
    const secret = fc.stringMatching(/^[a-z0-9]{12,30}$/)
    fc.assert(
      fc.property(secret, (word) => {
        for (const address of [
          `https://user:${word}@github.com/o/r.git`,
          `https://${word}@example.com/o/r`,
          `https://example.com/o/r?token=${word}`,
        ]) {
          expect(gitSource(address) ?? '').not.toContain(word)
        }
      }),
    )
  })
})

describe('folderOfSkillPath', () => {
  it('cuts SKILL.md off', () => {
    expect(folderOfSkillPath('skills/foo/SKILL.md')).toBe('skills/foo')
    expect(folderOfSkillPath('SKILL.md')).toBe('')
    expect(folderOfSkillPath('skills\\foo\\skill.md')).toBe('skills/foo')
  })
})

describe('shortCommit', () => {
  it('shortens commits and nothing else', () => {
    expect(shortCommit('0123456789abcdef0123456789abcdef01234567')).toBe('0123456')
    expect(shortCommit('v1.2.3')).toBe('v1.2.3')
  })
})
