import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type GitFile, gitTreeHash } from '../../../../../daemon/domains/cache/scan/git-tree-hash.ts'
import { filesBelow } from '../../../../support/corpus.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'smd-tree-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'core.autocrlf=false', ...args], { cwd: folder, encoding: 'utf8' }).trim()

/** What git itself calls the tree. */
function treeOfGit(): string {
  git('init', '-q')
  git('add', '-A', '-f')
  const id = git('write-tree')
  rmSync(path.join(folder, '.git'), { recursive: true })
  return id
}

function listFiles(): GitFile[] {
  return filesBelow(folder, () => true).map((absPath) => {
    const stats = lstatSync(absPath)
    const mode = stats.isSymbolicLink() ? '120000' : stats.mode & 0o100 ? '100755' : '100644'
    return { relPath: path.relative(folder, absPath), absPath, sizeBytes: stats.size, mode }
  })
}

function write(relPath: string, content: string | Uint8Array): void {
  mkdirSync(path.dirname(path.join(folder, relPath)), { recursive: true })
  writeFileSync(path.join(folder, relPath), content)
}

const hasGit = spawnSync('git', ['--version']).status === 0

describe('gitTreeHash', () => {
  it('agrees with git on links, executable files, names around folders and big files', () => {
    write('SKILL.md', '---\nname: x\n---\r\n')
    write('a/x.txt', 'one\n')
    write('a-b', 'two\n')
    write('a.b', 'three\n')
    write('a0', '')
    write('Ünï/🎉.txt', 'four')
    write('big.bin', Buffer.alloc(700_000, 'xyz'))
    write('run.sh', '#!/bin/sh\n')
    chmodSync(path.join(folder, 'run.sh'), 0o755)
    symlinkSync('a/x.txt', path.join(folder, 'link'))
    symlinkSync('nowhere', path.join(folder, 'dangling'))
    mkdirSync(path.join(folder, 'empty'))
    // What `git write-tree` says of it; compared afresh where there is a git.
    expect(gitTreeHash(listFiles())).toBe('7aab75f29e513ea1e8116b36116b3cd9cd9338c2')
    if (hasGit) expect(gitTreeHash(listFiles())).toBe(treeOfGit())
  })

  it('gives the empty tree for nothing', () => {
    expect(gitTreeHash([])).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904')
  })

  it.skipIf(!hasGit)('agrees with git on any folder', () => {
    const name = fc
      .string({ unit: fc.constantFrom(...'aB-.0é\uFF5E\u{1F600}'), minLength: 1, maxLength: 3 })
      .filter((n) => !/^\.+$/.test(n))
    const relPath = fc
      .array(name, { minLength: 1, maxLength: 3 })
      .map((parts) => parts.map((p, i) => (i < parts.length - 1 ? `${p}d` : `${p}f`)).join('/'))
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(relPath, fc.uint8Array({ maxLength: 20 })), {
          selector: ([p]) => p.toLowerCase(),
          maxLength: 8,
        }),
        (entries) => {
          rmSync(folder, { recursive: true })
          mkdirSync(folder)
          for (const [p, content] of entries) write(p, content)
          expect(gitTreeHash(listFiles())).toBe(treeOfGit())
        },
      ),
      { numRuns: 15 },
    )
  })
})
