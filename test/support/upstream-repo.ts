/** A repository with history to be the upstream of artifacts, made of the dated trees of the corpus. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { corpusPath } from './corpus.ts'

/** The dated trees, oldest first. */
const dates = ['2026-02-06', '2026-05-17', '2026-08-18'] as const

/** One commit of the repository. */
export type UpstreamRevision = { date: string; commit: string; tree: string }

/**
 * Git as every test needs it: no configuration of the machine, no hooks, a fixed author. The output without its last
 * line break. Throws when git fails.
 */
export function git(dir: string, ...args: string[]): string {
  return runGit(dir, args, {})
}

/** Makes `dir` a repository (branch main, worktree of the last commit) with the three trees as commits, in order. */
export function buildUpstreamRepository(dir: string): UpstreamRevision[] {
  initRepository(dir)
  return dates.map((date) => {
    const commit = commitTree(dir, corpusPath('wshobson-agents', date), date)
    return { date, commit, tree: git(dir, 'rev-parse', `${commit}^{tree}`) }
  })
}

/** An empty repository with the branch main, in a folder that is made when it is missing. */
export function initRepository(dir: string, ...options: string[]): void {
  if (!existsSync(dir)) mkdirSync(dir, { recursive: true })
  git(dir, 'init', '-q', '-b', 'main', ...options)
}

/** Commits everything below `from` as the whole content of the repository at `dir`, and checks it out there. */
export function commitTree(dir: string, from: string, date: string): string {
  git(dir, '--git-dir', '.git', '--work-tree', from, 'add', '--all', '--force', '.')
  const at = `${date}T12:00:00Z`
  runGit(dir, ['commit', '-q', '-m', `As of ${date}`], { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at })
  git(dir, 'reset', '-q', '--hard')
  // What the commit before had checked out and this one has not.
  git(dir, 'clean', '-q', '-ffdx')
  return git(dir, 'rev-parse', 'HEAD')
}

/** Content of a blob, byte for byte. */
export function readBlob(dir: string, id: string): Buffer {
  return execFileSync('git', ['cat-file', 'blob', id], { cwd: dir, env: environment(dir), maxBuffer: 1e8 })
}

function runGit(dir: string, args: readonly string[], more: NodeJS.ProcessEnv): string {
  const quiet = ['-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0', '-c', 'core.autocrlf=false']
  const env = { ...environment(dir), ...more }
  const output = execFileSync('git', [...quiet, ...args], {
    cwd: dir,
    env,
    encoding: 'utf8',
    maxBuffer: 1e8,
    // What it says on failure is in the error.
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return output.replace(/\n$/, '')
}

function environment(dir: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: dir,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.invalid',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.invalid',
  }
}
