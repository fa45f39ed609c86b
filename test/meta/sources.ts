/** The repository's own files, for the tests that hold its rules. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

export const repoRoot = join(import.meta.dirname, '../..')

/** Paths of all files that are or will be in the repository, `/`-separated, relative to its root. */
export function repoFiles(): string[] {
  // Also where the clone belongs to another user, as in some containers.
  const args = ['-c', 'safe.directory=*', 'ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const listed = execFileSync('git', args, { cwd: repoRoot, encoding: 'utf8', maxBuffer: 1e8 })
  return [...new Set(listed.split('\0'))].filter((path) => path !== '' && existsSync(join(repoRoot, path)))
}

/** Source files below some of the top-level folders. */
export function sourceFiles(...folders: string[]): string[] {
  return repoFiles().filter(
    (path) => /\.(ts|tsx|cjs)$/.test(path) && folders.some((folder) => path.startsWith(`${folder}/`)),
  )
}

export const read = (path: string): string => readFileSync(join(repoRoot, path), 'utf8')

/** The text without comments; string contents stay. Line numbers stay the same. */
export function withoutComments(text: string): string {
  const blank = (comment: string): string => comment.replace(/[^\n]/g, ' ')
  return text.replace(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{}()])\/\/[^\n]*/g, blank)
}

export type Import = {
  from: string
  /** Path in the repository, or the name of a package or Node module. */
  to: string
  isPackage: boolean
  /** Gone when the program runs. */
  isType: boolean
}

/** What a file imports or re-exports, dynamically too. */
export function importsOf(path: string): Import[] {
  const text = withoutComments(read(path))
  const found = [
    ...text.matchAll(/^\s*(?:import|export)\s+(type\s)?([\w*{}\s,$]+?)\s+from\s+'([^']+)'/gm),
  ].map(([, type, names = '', to = '']) => ({ to, isType: type !== undefined || areTypes(names) }))
  const bare = [...text.matchAll(/^\s*import\s+'([^']+)'/gm)].map(([, to = '']) => ({ to, isType: false }))
  const dynamic = [...text.matchAll(/\b(?:import|require)\(\s*'([^']+)'\s*\)(\.[A-Z])?/g)].map(
    ([, to = '', member]) => ({ to, isType: member !== undefined }),
  )
  return [...found, ...bare, ...dynamic].map(({ to, isType }) => {
    const isPackage = !to.startsWith('.')
    return { from: path, to: isPackage ? to : posix.join(posix.dirname(path), to), isPackage, isType }
  })
}

/** `{ type A, type B }` */
const areTypes = (names: string): boolean =>
  names
    .replace(/^\{|\}$/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
    .every((name) => name.startsWith('type '))
