import { chmodSync, existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { localDigest } from '../../../../../daemon/domains/cache/scan/local-digest.ts'
import { type ScanTree, useScanTree } from '../../../../support/scan-tree.ts'
import { git, initRepository } from '../../../../support/upstream-repo.ts'

const newTree = useScanTree()
const counters = () => ({ directories: 0, filesStatted: 0, filesRead: 0, bytesRead: 0 })
const of = (tree: ScanTree, path: string) => localDigest(join(tree.root, path), tree.env.limits, counters())

/** What git makes of the folder `repo` of the tree. */
function gitTree(tree: ScanTree, path = ''): string {
  const dir = join(tree.root, 'repo')
  if (!existsSync(join(dir, '.git'))) initRepository(dir)
  git(dir, 'add', '--all', '--force')
  return git(dir, 'rev-parse', `${git(dir, 'write-tree')}:${path}`)
}

describe('localDigest', () => {
  it('is the id git gives the same folder, with modes, links, hidden files and names in every order', () => {
    const tree = newTree()
    for (const [path, text] of Object.entries({
      'SKILL.md': '---\nname: demo\n---\n',
      'a-b': '1',
      'a/b': '2',
      'a.txt': '3',
      '.hidden/x': '4',
      'Ünïcode.md': '5',
      'run.sh': '#!/bin/sh\n',
    }))
      tree.write(`repo/${path}`, text)
    chmodSync(join(tree.root, 'repo/run.sh'), 0o755)
    symlinkSync('a/b', join(tree.root, 'repo/link'))
    symlinkSync('nowhere', join(tree.root, 'repo/dangling'))
    expect(of(tree, 'repo')).toEqual({ digest: gitTree(tree), rewritten: null })
  })

  it('follows a link to the artifact itself, and gives a single file the id of its blob', () => {
    const tree = newTree()
    tree.write('repo/skills/demo/SKILL.md', 'text')
    tree.write('repo/agent.md', 'An agent.')
    symlinkSync('repo/skills/demo', join(tree.root, 'linked'))
    expect(of(tree, 'linked').digest).toBe(gitTree(tree, 'skills/demo'))
    expect(of(tree, 'repo/agent.md').digest).toBe(gitTree(tree, 'agent.md'))
  })

  it('leaves out what use and other programs leave behind', () => {
    const tree = newTree()
    tree.write('repo/SKILL.md', 'text')
    tree.write('repo/tool.py', 'pass')
    const clean = of(tree, 'repo').digest
    expect(clean).toBe(gitTree(tree))
    for (const path of [
      '__pycache__/tool.pyc',
      'tool.pyc',
      'node_modules/x/y.js',
      '.DS_Store',
      '.openskills.json',
    ])
      tree.write(`repo/${path}`, 'x')
    expect(of(tree, 'repo').digest).toBe(clean)
    tree.write('repo/notes.md', 'x')
    expect(of(tree, 'repo').digest).not.toBe(clean)
  })

  it('takes out what gh skill wrote into the frontmatter (ecosystem spec 6)', () => {
    const tree = newTree()
    const injected = ['github-repo', 'github-ref', 'github-tree-sha', 'github-path']
      .map((key) => `  ${key}: x\n`)
      .join('')
    tree.write('repo/SKILL.md', '---\nname: demo\ndescription: D.\n---\n\nmetadata:\n  github-ref: stays\n')
    const plain = gitTree(tree)
    tree.write(
      'repo/SKILL.md',
      `---\nname: demo\ndescription: D.\nmetadata:\n${injected}---\n\nmetadata:\n  github-ref: stays\n`,
    )
    expect(of(tree, 'repo')).toEqual({ digest: plain, rewritten: { tree: null } })
    tree.write('repo/SKILL.md', '---\nname: demo\nmetadata:\n  author: me\n---\n')
    const withOthers = gitTree(tree)
    tree.write('repo/SKILL.md', `---\nname: demo\nmetadata:\n  author: me\n${injected}---\n`)
    expect(of(tree, 'repo').digest).toBe(withOthers)
  })

  it('knows nothing of what is too large or not there', () => {
    const tree = newTree()
    tree.env.limits = { ...tree.env.limits, maxArtifactFiles: 2 }
    for (const name of ['SKILL.md', 'b', 'c']) tree.write(`repo/${name}`, name)
    expect(of(tree, 'repo').digest).toBeNull()
    expect(of(tree, 'gone').digest).toBeNull()
    tree.env.limits = { ...tree.env.limits, maxArtifactFiles: 10, maxArtifactBytes: 3 }
    expect(of(tree, 'repo').digest).toBeNull()
    expect(of(tree, 'repo/SKILL.md').digest).toBeNull()
  })
})
