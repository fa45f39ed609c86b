/** What is behind its source: with a real daemon, a real repository, and git between them. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { skill } from '../support/test-daemon.ts'
import { git, initRepository } from '../support/upstream-repo.ts'

const json = JSON.stringify

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** A skill that consists of SKILL.md alone, as the skills CLI hashes it. */
const computedHash = (text: string): string =>
  createHash('sha256').update('SKILL.md').update(text).digest('hex')

/** A repository with three skills; two of them and one of nobody's are in two projects. */
function prepare(box: Sandbox): { commit(name: string, text: string): void } {
  const repo = join(box.root, 'upstream')
  initRepository(repo)
  const commit = (name: string, text: string): void => {
    write(join(repo, 'skills', name, 'SKILL.md'), text)
    git(repo, 'add', '--all')
    git(repo, 'commit', '-q', '-m', 'Change')
  }
  for (const name of ['deploy', 'review', 'other']) commit(name, skill(name))
  for (const project of ['api', 'web']) {
    const entries = ['deploy', 'review'].map((name) => [
      name,
      {
        source: 'tools',
        sourceType: 'git',
        sourceUrl: pathToFileURL(repo).href,
        skillPath: `skills/${name}/SKILL.md`,
        computedHash: computedHash(skill(name)),
      },
    ])
    write(
      join(box.home, project, 'skills-lock.json'),
      json({ version: 1, skills: Object.fromEntries(entries) }),
    )
    for (const name of ['deploy', 'review']) {
      write(join(box.home, project, '.claude/skills', name, 'SKILL.md'), skill(name))
    }
  }
  write(join(box.home, 'web/.claude/skills/own/SKILL.md'), skill('own'))
  return { commit }
}

describe('smd outdated and smd upstream', () => {
  let box: Sandbox
  let upstream: ReturnType<typeof prepare>
  beforeAll(() => {
    box = createSandbox({ sample: false })
    upstream = prepare(box)
  })
  afterAll(() => box.dispose())

  const tidy = ({ stdout, stderr }: { stdout: string; stderr: string }): string =>
    box
      .tidy(stdout + stderr)
      .replace(/\b[0-9a-f]{7}\b/g, '<commit>')
      // Columns are as wide as the ages in them.
      .replace(/ {2,}/g, '  ')

  it('tells one story, from the first question to an edit of a copy that is behind', async () => {
    const first = await box.smd('outdated --exit-code')
    expect(first.code).toBe(0)
    expect(tidy(first)).toMatchInlineSnapshot(`
      "4 unknown (list them with: --state unknown):
        4: Its source was not asked yet.
      Ask the sources with: smd outdated --refresh
      "
    `)

    expect(tidy(await box.smd('upstream check'))).toMatchInlineSnapshot(`
      "1 of 1 source answered, 0 with something new; 0 artifacts outdated.
      "
    `)
    expect(tidy(await box.smd('outdated'))).toMatchInlineSnapshot(`
      "Nothing is outdated; 4 artifacts compared.
      Oldest answer: <time>.
      "
    `)

    upstream.commit('other', skill('other', 'Changed.'))
    upstream.commit('review', skill('review', 'Reviews more.'))
    expect(tidy(await box.smd('upstream check'))).toMatchInlineSnapshot(`
      "Nothing is due (1 source). Ask anyway with: --force
      "
    `)
    const refreshed = await box.smd('outdated --refresh --exit-code')
    expect(refreshed.code).toBe(10)
    expect(tidy(refreshed)).toMatchInlineSnapshot(`
      "NAME  TYPE  PROJECT  DEPLOYED  UPSTREAM  STATE  CHECKED
      review  skill  api, web  -  <commit>  outdated  <time>
      See what is new: smd diff review
      2 of 4 artifacts compared are outdated.
      Oldest answer: <time>.
      "
    `)

    write(join(box.home, 'api/.claude/skills/review/SKILL.md'), skill('review', 'Edited by hand.'))
    await box.smd('cache refresh --force')
    // Copies of one name follow in the order of their ids, which hang on the folder of the test
    expect(
      tidy(await box.smd('outdated --all'))
        .split('\n')
        .sort(),
    ).toMatchInlineSnapshot(`
      [
        "",
        "2 of 4 artifacts compared are outdated.",
        "NAME  TYPE  PROJECT  DEPLOYED  UPSTREAM  STATE  CHECKED  REASON",
        "Oldest answer: <time>.",
        "See what is new: smd diff review",
        "deploy  skill  api, web  -  -  current  <time>",
        "own  skill  web  -  -  untracked  -  Nothing records where it came from.",
        "review  skill  api  -  <commit>  diverged  <time>",
        "review  skill  web  -  <commit>  outdated  <time>",
      ]
    `)
    expect(tidy(await box.smd('upstream list'))).toMatchInlineSnapshot(`
      "SOURCE  ARTIFACTS  VERSION  CHECKED  CHANGED  TROUBLE
      git:file://<root>/upstream  4  <commit>  <time>  <time>
      "
    `)
    expect((await box.json('upstream')).total).toBe(1)
    const shown = await box.smd('show review --project web')
    expect(shown.stdout).toMatch(/^Upstream outdated, asked \d+ (?:ms|s) ago$/m)
  })

  it('shows what is new as a patch, which makes the copy what its source was', async () => {
    const { code, stdout, stderr } = await box.smd('diff review --project web --exit-code')
    expect(code).toBe(10)
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'diff --git a/SKILL.md b/SKILL.md',
      '--- a/SKILL.md',
      '+++ b/SKILL.md',
    ])
    expect(tidy({ stdout: '', stderr })).toMatchInlineSnapshot(`
      "From <root>/home/web/.claude/skills/review
      to git:file://<root>/upstream/skills/review (<commit>):
      1 file differs.
      "
    `)
    const copy = join(box.root, 'patched')
    cpSync(join(box.home, 'web/.claude/skills/review'), copy, { recursive: true })
    execFileSync('patch', ['-p1', '--batch', '--quiet'], { cwd: copy, input: stdout })
    expect(readFileSync(join(copy, 'SKILL.md'), 'utf8')).toBe(skill('review', 'Reviews more.'))
    expect(tidy(await box.smd('diff deploy --project web --exit-code'))).toMatchInlineSnapshot(`
      "No difference to git:file://<root>/upstream/skills/deploy (<commit>); 1 file compared.
      "
    `)
    // The other copy was edited by hand
    const between = await box.json('diff review --project web --against api')
    expect(between.files).toMatchObject([{ path: 'SKILL.md', status: 'changed' }])
    // Without a daemon the copies, and what was fetched, are there all the same
    await box.smd('stop')
    const offline = await box.smd('diff review --project api --no-spawn')
    expect(offline.stdout).toContain('+description: Reviews more.')
    const none = await box.smd('diff own --project web --no-spawn')
    expect(none.code).toBe(1)
    expect(none.stderr).toContain('nothing records where it came from')
  })

  it('prints one object with the documented members', async () => {
    const answer = await box.json('outdated --project web --exit-code')
    expect(Object.keys(answer)).toEqual(['schema', 'items', 'total', 'states', 'unknown', 'oldestCheckAt'])
    expect(answer.items).toMatchObject([
      { name: 'review', type: 'skill', state: 'outdated', reason: null, failure: null },
    ])
    expect(answer.states).toEqual({
      current: 1,
      outdated: 1,
      modified: 0,
      diverged: 0,
      untracked: 1,
      unknown: 0,
    })
    expect(await box.json('upstream check --force')).toMatchObject({ asked: 1, unchanged: 1, failed: [] })
    expect(await box.json('upstream list')).toMatchObject({ items: [{ kind: 'git', artifactCount: 4 }] })
  })

  it('says so when a source is gone, keeps what it said, and ends with 1 only where it was asked', async () => {
    const entry = {
      source: 'gone',
      sourceType: 'git',
      sourceUrl: pathToFileURL(join(box.root, 'gone')).href,
      skillPath: 'skills/lost/SKILL.md',
      computedHash: computedHash(skill('lost')),
    }
    write(join(box.home, 'lost/skills-lock.json'), json({ version: 1, skills: { lost: entry } }))
    write(join(box.home, 'lost/.claude/skills/lost/SKILL.md'), skill('lost'))
    await box.smd('projects add lost', { cwd: box.home })
    const check = await box.smd('upstream check')
    expect(check.code).toBe(1)
    expect(check.stderr).toContain('gone')
    const { code, stdout, stderr } = await box.smd('outdated lost --all')
    expect(code).toBe(0)
    expect(stdout + stderr).toMatch(/unknown +failed +Its source could not be asked/)
  })

  it('answers from the cache without a daemon, and asks nobody then', async () => {
    await box.smd('stop')
    const { code, stdout, stderr } = await box.smd('outdated --no-spawn --project web')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^review +skill +web/m)
    expect(stderr).toContain('Read from the cache')
    expect((await box.json('outdated --refresh --no-spawn')).error).toMatchObject({
      slug: 'daemon.unavailable',
    })
  })

  it('asks nobody when it is told to stay offline, and folders of this machine all the same (P10)', async () => {
    await box.smd('config set net.offline true')
    expect(await box.json('upstream check --force')).toMatchObject({ sources: 2, asked: 2 })
  })
})
