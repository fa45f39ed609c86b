import { describe, expect, it } from 'vitest'
import { mainFile, withoutFrontmatter } from '../../../web/src/pages/artifacts/main-file.ts'
import { lettersOf, type Place } from '../../../web/src/pages/artifacts/places.ts'
import { partsOfHook } from '../../../web/src/pages/projects/effective.ts'

const items = (...paths: string[]) =>
  paths.map((path) => ({
    path,
    kind: path.endsWith('/') ? ('folder' as const) : ('file' as const),
    sizeBytes: 1,
    modifiedAt: 1,
  }))

describe('mainFile', () => {
  it('is SKILL.md before others, whatever its letter case', () => {
    expect(mainFile(items('README.md', 'a.txt', 'skill.md'))).toBe('skill.md')
  })

  it('is the file itself where there is one', () => {
    expect(mainFile(items('.mcp.json'))).toBe('.mcp.json')
    expect(mainFile(items('deploy.md'))).toBe('deploy.md')
  })

  it('is the manifest of a plugin that says no more', () => {
    expect(mainFile(items('.claude-plugin/', '.claude-plugin/plugin.json', 'docs/', 'docs/x.md'))).toBe(
      '.claude-plugin/plugin.json',
    )
  })

  it('is nothing in an empty folder', () => {
    expect(mainFile(items('empty/'))).toBeNull()
  })
})

describe('withoutFrontmatter', () => {
  it('takes the block at the top alone', () => {
    expect(withoutFrontmatter('---\na: 1\n---\n# Text\n---\nmore\n---\n')).toBe('# Text\n---\nmore\n---\n')
    expect(withoutFrontmatter('\ufeff---\r\na: 1\r\n---\r\nText')).toBe('Text')
    expect(withoutFrontmatter('---\n---\nText')).toBe('Text')
  })

  it('leaves a text that has none, and a block that never ends', () => {
    for (const text of ['# Text\n\n---\n\nmore\n\n---\n', '---\na: 1\n', '--- no\n---\n'])
      expect(withoutFrontmatter(text)).toBe(text)
  })
})

describe('lettersOf', () => {
  it('gives A to what most places have, to equally many by age', () => {
    const place = (hash: string | null, updatedAt: number) => ({ hash, updatedAt }) as Place
    const letters = lettersOf([place('x', 1), place('y', 5), place('z', 9), place('y', 1), place(null, 1)])
    expect([...letters]).toEqual([
      ['y', 'A'],
      ['z', 'B'],
      ['x', 'C'],
    ])
  })

  it('goes on after Z', () => {
    const places = Array.from(
      { length: 28 },
      (_, index) => ({ hash: `${index}`, updatedAt: -index }) as Place,
    )
    expect([...lettersOf(places).values()].slice(25)).toEqual(['Z', 'AA', 'AB'])
  })
})

describe('partsOfHook', () => {
  it('reads event and matcher from the name', () => {
    expect(partsOfHook('PreToolUse:Bash|Edit#2')).toEqual({ event: 'PreToolUse', matcher: 'Bash|Edit' })
    expect(partsOfHook('PostToolUse:mcp__x:y#1')).toEqual({ event: 'PostToolUse', matcher: 'mcp__x:y' })
    expect(partsOfHook('Stop#1')).toEqual({ event: 'Stop', matcher: null })
  })
})
