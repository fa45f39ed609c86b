/** Twenty repositories that five hundred skills came from, and what git says of each of them. */
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fakeGithub } from '../../support/fake-github.ts'
import { listen } from '../../support/loopback-server.ts'
import { computedHash } from '../../support/skills-lock.ts'
import { buildUpstreamRepository, git, type UpstreamRevision } from '../../support/upstream-repo.ts'

const REPOSITORIES = 20
const SKILLS = 25
/** As long as one has to be. */
export const TOKEN = 'token-of-the-bench'

export type Sources = {
  /** Home folder with a project for each repository. */
  home: string
  artifacts: number
  revisions: number
  /** GitHub, as far as it is asked. */
  origin: string
  /** Addresses of all trees. */
  urls: string[]
  /** Requests so far. */
  heard(): number
  /** Moves all branches. */
  moveTo(revision: number): void
  /** State by path of the skill, as of the revision the branches are at: what git says has changed since the first. */
  truth(): Map<string, 'current' | 'outdated' | 'unknown'>
  close(): Promise<void>
}

/** Each project has skills of the oldest of the dated trees of a real collection, in a repository of its own name. */
export async function startSources(folder: string): Promise<Sources> {
  const repo = join(folder, 'upstream')
  const home = join(folder, 'home')
  const revisions = buildUpstreamRepository(repo)
  const commitOf = (index: number): string => (revisions[index] as UpstreamRevision).commit
  const oldest = join(folder, 'oldest')
  git(repo, 'worktree', 'add', '-q', '--detach', oldest, commitOf(0))
  const installed = new Map<string, string>()
  const skills = skillFolders(repo, commitOf(0))
  const names = Array.from({ length: REPOSITORIES }, (_, i) => `bench-${i}/agents`)
  for (const [i, name] of names.entries()) {
    const some = Array.from({ length: SKILLS }, (_, j) => skills[(i * SKILLS + j) % skills.length] as string)
    for (const path of some) installed.set(install(home, name, oldest, path), path)
    writeLock(home, name, oldest, some)
  }
  const { github, close } = await startGithub()
  for (const name of names) github.repositories.set(name, repo)
  let at = 0
  const gitTells = Array.from(revisions, (_, i) => {
    const changed = git(repo, 'diff', '--name-only', '--no-renames', commitOf(0), commitOf(i)).split('\n')
    const left = new Set(git(repo, 'ls-tree', '-r', '-d', '--name-only', commitOf(i)).split('\n'))
    return { changed, left }
  })
  const moveTo = (revision: number): void => {
    at = revision
    git(repo, 'update-ref', 'refs/heads/main', commitOf(revision))
  }
  moveTo(0)
  return {
    home,
    artifacts: installed.size,
    revisions: revisions.length,
    origin: github.origin,
    urls: names.map((name) => `${github.origin}/repos/${name}/git/trees/HEAD?recursive=1`),
    heard: () => github.heard.length,
    moveTo,
    truth() {
      const { changed, left } = gitTells[at] as (typeof gitTells)[number]
      const stateOf = (path: string): 'current' | 'outdated' | 'unknown' => {
        if (!changed.some((file) => file.startsWith(`${path}/`))) return 'current'
        return left.has(path) ? 'outdated' : 'unknown'
      }
      return new Map([...installed].map(([to, path]) => [to, stateOf(path)]))
    },
    close,
  }
}

async function startGithub() {
  let close = async (): Promise<void> => undefined
  const github = await fakeGithub(Date.now, async (handle) => {
    const server = await listen(handle)
    close = server.close
    return server.loopback
  })
  github.tokens.add(TOKEN)
  return { github, close: () => close() }
}

/** Folders of skills in a revision, one of each name. */
function skillFolders(repo: string, commit: string): string[] {
  const files = git(repo, 'ls-tree', '-r', '--name-only', commit).split('\n')
  const folders = files.filter((file) => /\/skills\/[a-z0-9._-]+\/SKILL\.md$/.test(file)).map(dirname)
  return [...new Map(folders.map((folder) => [basename(folder), folder])).values()]
}

const projectOf = (home: string, name: string): string => join(home, 'src', dirname(name))

/** Returns where the skill is now. */
function install(home: string, name: string, from: string, path: string): string {
  const to = join(projectOf(home, name), '.claude/skills', basename(path))
  if (!existsSync(to)) mkdirSync(to, { recursive: true })
  cpSync(join(from, path), to, { recursive: true })
  return to
}

function writeLock(home: string, source: string, from: string, paths: readonly string[]): void {
  const entries = paths.map((path) => {
    const skillPath = `${path}/SKILL.md`
    return [
      basename(path),
      { source, sourceType: 'github', skillPath, computedHash: computedHash(join(from, path)) },
    ]
  })
  const lock = { version: 1, skills: Object.fromEntries(entries) }
  writeFileSync(join(projectOf(home, source), 'skills-lock.json'), JSON.stringify(lock))
}
