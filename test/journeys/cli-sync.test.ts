/** Edits flow back and updates go out, with the real command line and the real daemon. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { snapshot, write } from '../support/operation-world.ts'
import { skill } from '../support/test-daemon.ts'

const base = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', ''].join('\n')

describe('smd sync-check, sync-preview, sync-pull, sync-push, update and diff', () => {
  let box: Sandbox
  beforeAll(async () => {
    box = createSandbox({ sample: false })
    for (const name of ['notes', 'review', 'release']) {
      write(join(box.home, 'own', name, 'SKILL.md'), skill(name))
      write(join(box.home, 'own', name, 'list.txt'), base)
    }
    for (const project of ['api', 'web']) write(join(box.home, project, '.claude/settings.json'), '{}')
    await box.smd('init')
    for (const name of ['notes', 'review', 'release'])
      await box.smd(['add', 'skill', join(box.home, 'own', name)])
    const { code, stderr } = await box.smd([
      'deploy',
      ...['notes', 'review', 'release'],
      ...['--project', join(box.home, 'api'), '--project', join(box.home, 'web'), '--yes'],
    ])
    expect(stderr + code).toMatch(/0$/)
  })
  afterAll(() => box.dispose())

  const project = (name: string): string => join(box.home, name)
  const list = (where: string, name: string): string =>
    where === 'collection'
      ? join(box.home, '.skillmeat/collections/default/skills', name, 'list.txt')
      : join(project(where), '.claude/skills', name, 'list.txt')
  const put = (where: string, name: string, from: string, to: string): void =>
    writeFileSync(list(where, name), readFileSync(list(where, name), 'utf8').replace(from, to))
  const get = (where: string, name: string): string => readFileSync(list(where, name), 'utf8')
  const said = ({ stdout, stderr }: { stdout: string; stderr: string }): string =>
    box.tidy(stdout + stderr).replace(/ +$/gm, '')
  const states = async (name: string): Promise<Record<string, string>> => {
    const { items } = (await box.json(['sync-check', project(name)])) as {
      items: Array<{ name: string; drift: string }>
    }
    return Object.fromEntries(items.map((item) => [item.name, item.drift]))
  }

  it('tells one story, from edits on both sides to everything in step', async () => {
    expect(said(await box.smd(['sync-check', project('web')]))).toContain('Everything is in step.')
    put('web', 'notes', 'two', 'mine')
    put('web', 'review', 'two', 'mine')
    put('collection', 'review', 'eight', 'theirs')
    put('collection', 'release', 'eight', 'theirs')
    const check = await box.smd(['sync-check', project('web'), '--exit-code'])
    expect(check.code).toBe(10)
    expect(said(check)).toMatchInlineSnapshot(`
      "NAME     TYPE   COLLECTION  PROFILE      STATE     WHAT TO DO
      notes    skill  default     claude_code  modified  smd sync-pull takes the edit into the collection
      release  skill  default     claude_code  outdated  smd sync-push brings the new version here
      review   skill  default     claude_code  conflict  smd sync-preview shows what both changed
      3 of 3 not in step.
      "
    `)

    const preview = await box.smd(['sync-preview', project('web')])
    expect(preview.code).toBe(0)
    expect(said(preview)).toMatchInlineSnapshot(`
      "take over  skill:notes
        changed   list.txt
      diff --git a/list.txt b/list.txt
      --- a/list.txt
      +++ b/list.txt
      @@ -1,5 +1,5 @@
       one
      -two
      +mine
       three
       four
       five
      unchanged  skill:release  Only the collection changed it: push it.
      merge      skill:review
        changed   list.txt, merged
      diff --git a/list.txt b/list.txt
      --- a/list.txt
      +++ b/list.txt
      @@ -1,5 +1,5 @@
       one
      -two
      +mine
       three
       four
       five
      3 artifacts: 1 take over, 1 unchanged, 1 merge.
      "
    `)

    const before = snapshot(box.home)
    const dry = await box.smd(['sync-pull', project('web'), '--dry-run'])
    expect(dry.code).toBe(0)
    expect(snapshot(box.home)).toEqual(before)

    const pull = await box.smd(['sync-pull', project('web')])
    expect(pull.code).toBe(0)
    expect(said(pull)).toMatchInlineSnapshot(`
      "taken over skill:notes
        changed   list.txt
      unchanged  skill:release  Only the collection changed it: push it.
      merged     skill:review
        changed   list.txt, merged
      3 artifacts: 1 taken over, 1 unchanged, 1 merged.
      Take it back with: smd undo
      "
    `)
    expect(get('collection', 'notes')).toBe(base.replace('two', 'mine'))
    expect(get('collection', 'review')).toBe(base.replace('two', 'mine').replace('eight', 'theirs'))
    expect(await states('web')).toEqual({ notes: 'none', review: 'outdated', release: 'outdated' })
    expect(await states('api')).toEqual({ notes: 'outdated', review: 'outdated', release: 'outdated' })

    const push = await box.smd(['sync-push', '--all-projects'])
    expect(push.code).toBe(0)
    for (const name of ['api', 'web'])
      expect(await states(name)).toEqual({ notes: 'none', review: 'none', release: 'none' })
    expect(get('api', 'review')).toBe(get('collection', 'review'))
  })

  it('leaves a conflict alone, ends with 2 when the rest could be done, and with 4 when there is no rest', async () => {
    put('web', 'notes', 'five', 'mine')
    put('web', 'review', 'five', 'mine')
    put('collection', 'review', 'five', 'theirs')
    const partly = await box.smd(['sync-pull', project('web')])
    expect(partly.code).toBe(2)
    expect(said(partly)).toMatchInlineSnapshot(`
      "taken over skill:notes
        changed   list.txt
      conflict   skill:review
        conflict  list.txt: both changed the same lines
      3 artifacts: 1 taken over, 1 unchanged, 1 conflict.
      Take it back with: smd undo
      Decide with --conflicts mark|ours|theirs, or file by file: --take PATH=ours|theirs|base|merged
      "
    `)
    expect((await box.smd(['sync-pull', project('web')])).code).toBe(4)
    const { items } = (await box.json(['sync-pull', project('web'), '--artifacts', 'review'])) as {
      items: Array<{ action: string; files: unknown[] }>
    }
    expect(items).toMatchObject([
      { action: 'conflict', files: [{ path: 'list.txt', conflict: 'content', isOpen: true }] },
    ])

    expect((await box.smd(['sync-pull', project('web'), '--conflicts', 'mark'])).code).toBe(0)
    expect(get('collection', 'review')).toContain(
      '<<<<<<< LOCAL (current)\ntheirs\n=======\nmine\n>>>>>>> REMOTE (incoming)\n',
    )
    const refused = await box.smd(['sync-push', project('web'), project('api')])
    expect(said(refused)).toContain('list.txt still has conflict markers.')

    const undone = await box.smd('undo')
    expect(undone.code).toBe(0)
    // The push of what was not in conflict was the last change.
    expect((await box.smd('undo')).code).toBe(0)
    expect(get('collection', 'review')).not.toContain('<<<<<<<')
    expect((await states('web')).review).toBe('conflict')

    const chosen = await box.smd(['sync-pull', project('web'), '--take', 'skill:review/list.txt=theirs'])
    expect(chosen.code).toBe(0)
    expect(get('collection', 'review')).toBe(get('web', 'review'))
    expect((await states('web')).review).toBe('none')
  })

  it('asks on a terminal, and does what it was told to', async () => {
    put('web', 'release', 'three', 'asked')
    const no = await box.smd(['sync-pull', project('web'), '--artifacts', 'release'], { keyboard: 'n\n' })
    expect(no.stdout).toContain('Do that with skill:release? [y/N]')
    expect(no.stdout).toContain('Nothing was changed.')
    expect((await states('web')).release).toBe('modified')
    const yes = await box.smd(['sync-pull', project('web'), '--artifacts', 'release'], { keyboard: 'y\n' })
    expect(yes.stdout).toContain('+asked')
    expect(get('collection', 'release')).toContain('asked')
    expect((await states('web')).release).toBe('none')
  })

  it('says what is wrong with what it was asked', async () => {
    const unknown = await box.smd(['sync-check', join(box.home, 'nowhere')])
    expect(unknown.code).toBe(3)
    const fork = await box.smd(['sync-push', project('web'), '--strategy', 'fork'])
    expect([fork.code, fork.stderr]).toEqual([2, expect.stringContaining('Only a pull can make a fork.')])
    const take = await box.smd(['sync-pull', project('web'), '--take', 'list.txt=both'])
    expect([take.code, take.stderr]).toEqual([2, expect.stringContaining('"list.txt=both" is no choice.')])
    const none = await box.smd(['sync-pull', project('web'), '--artifacts', 'nothing'])
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('"nothing" is not deployed')])
  })

  it('goes on with the others when a project has vanished', async () => {
    put('collection', 'notes', 'nine', 'ten')
    rmSync(join(box.home, 'api'), { recursive: true })
    const push = await box.smd(['sync-push', '--all-projects', '--artifacts', 'notes', '--no-interactive'])
    expect(push.code).toBe(0)
    expect(get('web', 'notes')).toContain('ten')
    expect(existsSync(join(box.home, 'api'))).toBe(false)
  })

  it('compares files, folders and three versions of anything', async () => {
    for (const [name, text] of Object.entries({
      a: base,
      b: base.replace('two', 'B'),
      c: base.replace('two', 'C'),
    })) {
      write(join(box.home, 'cmp', name), text)
      write(join(box.home, 'cmp', `dir-${name}`, 'file.txt'), text)
    }
    const cwd = join(box.home, 'cmp')
    const files = await box.smd('diff files a b --exit-code', { cwd })
    expect(files.code).toBe(10)
    expect(files.stdout).toContain('-two\n+B\n')
    const columns = await box.smd('diff files a b --side-by-side', { cwd, env: { COLUMNS: '40' } })
    expect(columns.stdout).toMatchInlineSnapshot(`
      "a
      line 1               line 1
      one                  one
      two                | B
      three                three
      four                 four
      five                 five
      "
    `)
    const dirs = await box.smd('diff dirs dir-a dir-b --stat', { cwd })
    expect(dirs.stdout).toMatchInlineSnapshot(`
      "FILE      STATUS   ADDED  REMOVED
      file.txt  changed      1        1
      "
    `)
    const merged = await box.smd('diff three-way a b c --exit-code', { cwd })
    expect(merged.code).toBe(4)
    expect(said(merged)).toContain('+<<<<<<< LOCAL (current)\n B\n+=======\n+C\n+>>>>>>> REMOTE (incoming)\n')
    expect((await box.smd('diff three-way dir-a dir-b dir-a --exit-code', { cwd })).code).toBe(0)
    const artifact = await box.smd(['diff', 'artifact', 'notes', '--project', project('web'), '--stat'])
    expect(artifact.code).toBe(0)
    expect((await box.smd('diff dirs dir-a dir-b -i * --exit-code', { cwd })).code).toBe(0)
    expect((await box.smd('diff dirs dir-a dir-b --stats-only', { cwd })).stdout).toBe(dirs.stdout)
    expect((await box.smd('diff files a b -c 0', { cwd })).stdout).not.toMatch(/^ /m)
    expect((await box.smd('diff files --help')).stdout).toContain('smd diff files <left> <right>')
  })
})
