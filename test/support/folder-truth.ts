/** What git itself says about the folders of two revisions: the truth that answers are held against. */
import { git } from './upstream-repo.ts'

/** Id of every tree and blob of a revision by path, '' for the whole. */
export function idsOf(dir: string, revision: string): Map<string, string> {
  const ids = new Map([['', git(dir, 'rev-parse', `${revision}^{tree}`)]])
  for (const line of git(dir, 'ls-tree', '-r', '-t', '-z', revision).split('\0').filter(Boolean)) {
    const [left = '', path = ''] = line.split('\t')
    ids.set(path, left.split(' ')[2] ?? '')
  }
  return ids
}

/** Folders, in byte order, below which `git diff --stat` names a file. */
export function changedFolders(dir: string, from: string, to: string): string[] {
  // As wide as no path is long, and without guesses about renames, so that every path is there in full.
  const stat = git(dir, '-c', 'core.quotePath=false', 'diff', '--no-renames', '--stat=4000,3000', from, to)
  const files = stat.split('\n').flatMap((line) => /^ (.+?) +\|/.exec(line)?.[1] ?? [])
  const folders = files.flatMap((file) => {
    const parts = file.split('/').slice(0, -1)
    return ['', ...parts.map((_, i) => parts.slice(0, i + 1).join('/'))]
  })
  return [...new Set(folders)].sort()
}
