import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { corpusPart, filesBelow } from '../support/corpus.ts'
import { buildUpstreamRepository, git } from '../support/upstream-repo.ts'

const dir = mkdtempSync(join(tmpdir(), 'smd-upstream-repo-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

describe('buildUpstreamRepository', () => {
  const revisions = buildUpstreamRepository(dir)

  it('has a commit per dated tree, in order', () => {
    expect(git(dir, 'rev-list', '--reverse', 'main').split('\n')).toEqual(
      revisions.map(({ commit }) => commit),
    )
    expect(new Set(revisions.map(({ tree }) => tree)).size).toBe(revisions.length)
  })

  it.each([
    ['wshobsonOld', 0],
    ['wshobson', 2],
  ] as const)('holds every file of %s', (part, index) => {
    const folder = corpusPart(part)
    const committed = git(dir, 'ls-tree', '-r', '-z', '--name-only', revisions[index]?.commit ?? '').split(
      '\0',
    )
    expect(committed.filter(Boolean).sort()).toEqual(
      filesBelow(folder, () => true).map((file) => file.slice(folder.length + 1)),
    )
  })

  it('has the newest checked out and nothing else', () => {
    expect(git(dir, 'status', '--porcelain', '--ignored')).toBe('')
  })
})
