/** smd snapshot, snapshots, rollback, history --collection: with the real command line and daemon. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'

let box: Sandbox
let library: string
let collection: string
beforeAll(async () => {
  box = createSandbox()
  library = join(box.home, '.skillmeat')
  await box.smd('start')
})
afterAll(() => box.dispose())
/** A collection of its own for each test. */
let number = 0
beforeEach(() => {
  collection = `c${++number}`
  for (const name of ['demo', 'other']) put(`skills/${name}/SKILL.md`, `---\nname: ${name}\n---\n`)
  put(
    'collection.toml',
    ['demo', 'other'].reduce(
      (text, name) => `${text}\n[[artifacts]]\nname = "${name}"\ntype = "skill"\npath = "skills/${name}/"\n`,
      `[collection]\nname = "${collection}"\nversion = "1.0.0"\n`,
    ),
  )
})

const at = (path: string): string => join(library, 'collections', collection, path)
const put = (path: string, text: string): void => {
  mkdirSync(join(at(path), '..'), { recursive: true })
  writeFileSync(at(path), text)
}
const read = (path: string): string => readFileSync(at(path), 'utf8')
const tidy = (text: string): string => box.tidy(text).replace(/\d{8}-\d{6}-\d{6}/g, '<id>')

describe('smd snapshot, smd rollback', () => {
  it('takes one, lists it, shows a plan, goes back, and back again', async () => {
    const none = await box.smd(`snapshots -c ${collection}`)
    expect(none).toMatchObject({ code: 0, stdout: '' })
    expect(none.stderr).toBe(`No snapshots of ${collection} yet. Take one with: smd snapshot\n`)

    const taken = await box.smd(['snapshot', 'before cleanup', '-c', collection])
    expect(tidy(taken.stdout)).toBe(`<id>  ${collection}: 2 artifacts\n`)
    expect(tidy(taken.stderr)).toBe('Go back to it with: smd rollback <id>\n')
    const [id = ''] = /\d{8}-\d{6}-\d{6}/.exec(taken.stdout) ?? []

    put('skills/demo/SKILL.md', 'edited')
    rmSync(at('skills/other'), { recursive: true })
    const plan = await box.smd(`rollback ${id} -c ${collection} --dry-run`)
    expect(plan.code).toBe(0)
    expect(plan.stdout).toBe(
      'restore  skills/demo/SKILL.md  (edited since then)\nrestore  skills/other/SKILL.md\n',
    )
    expect(read('skills/demo/SKILL.md')).toBe('edited')
    expect(await box.json(`rollback ${id} -c ${collection} --dry-run`)).toMatchObject({
      schema: 1,
      dryRun: true,
      isSafe: false,
      files: [{ path: 'skills/demo/SKILL.md', action: 'restore', conflict: 'modified' }, {}],
    })

    const refused = await box.smd(`rollback ${id} -c ${collection}`)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('Going back to a snapshot needs a yes')
    expect(read('skills/demo/SKILL.md')).toBe('edited')

    const back = await box.smd(`rollback ${id} -c ${collection} -y`)
    expect(back.code, back.stderr).toBe(0)
    expect(tidy(back.stdout)).toContain('Back at <id>\n')
    expect(read('skills/demo/SKILL.md')).toContain('name: demo')
    expect(existsSync(at('skills/other/SKILL.md'))).toBe(true)

    const [, safety = ''] = /rollback (\S+)/.exec(back.stderr) ?? []
    const again = await box.smd(`rollback ${safety} -c ${collection} --yes`)
    expect(again.code, again.stderr).toBe(0)
    expect(read('skills/demo/SKILL.md')).toBe('edited')
    expect(existsSync(at('skills/other'))).toBe(false)

    const list = await box.smd(`history --collection ${collection} -n 10`)
    expect(tidy(list.stdout)).toMatch(
      /^ID +TAKEN +HOLDS +MESSAGE\n<id> .*\[auto\] Before going back to <id>\n<id> .*\n<id> .* 2 artifacts +before cleanup\n$/,
    )
    expect(await box.json(`snapshots -c ${collection} -n 1`)).toMatchObject({
      total: 3,
      items: [{ automatic: true }],
    })
  })

  it('goes back for chosen paths, and refuses those that name nothing', async () => {
    const { id } = await box.json(`snapshot -c ${collection}`)
    for (const name of ['demo', 'other']) put(`skills/${name}/SKILL.md`, 'edited')
    const done = await box.json(`rollback ${id} -c ${collection} -y --paths skills/demo`)
    expect(done).toMatchObject({ schema: 1, files: [{ path: 'skills/demo/SKILL.md' }] })
    expect(read('skills/other/SKILL.md')).toBe('edited')
    const none = await box.smd(`rollback 2020 -c ${collection} -y`)
    expect(none).toMatchObject({ code: 3, stdout: '' })
    expect(none.stderr).toContain(`There is no snapshot "2020" of the collection "${collection}".`)
    const path = await box.smd(`rollback ${id} -c ${collection} -y --paths skills/none`)
    expect(path).toMatchObject({ code: 3, stdout: '' })
  })

  it('keeps edits with --keep-changes, and says by its exit code that some could not be merged', async () => {
    const { id } = await box.json(`snapshot -c ${collection}`)
    put('skills/demo/SKILL.md', 'edited')
    const kept = await box.smd(`rollback ${id} -c ${collection} -y --keep-changes`)
    expect(kept.code).toBe(4)
    expect(kept.stdout).toContain('keep     skills/demo/SKILL.md')
    expect(read('skills/demo/SKILL.md')).toBe('edited')
  })

  it('compares, shows and forgets', async () => {
    const { id } = await box.json(`snapshot -c ${collection}`)
    put('skills/demo/SKILL.md', '---\nname: demo\n---\nmore\n')
    const compared = await box.smd(`snapshot compare ${id} -c ${collection}`)
    expect(compared.stdout).toBe('modified  skills/demo/SKILL.md\n')
    expect(compared.stderr).toBe('1 file, 1 line more, 0 lines less.\n')
    // The beginning of an id will do.
    const shown = await box.smd(`snapshot show ${String(id).slice(0, 15)} -c ${collection}`)
    expect(shown.stdout).toMatch(/^skills\/demo +1 +\d+ B +[0-9a-f]{12}$/m)
    const refused = await box.smd(`snapshot delete ${id} -c ${collection}`)
    expect(refused.code).toBe(2)
    expect((await box.smd(`snapshot delete ${id} -c ${collection} -y`)).stdout).toBe(`Forgotten: ${id}\n`)
    expect((await box.smd(`snapshot show ${id} -c ${collection}`)).code).toBe(3)
  })
})

describe('archives of SkillMeat', () => {
  it('are written so that tar unpacks them and the index names them, and read back', async () => {
    put('skills/demo/run.sh', '#!/bin/sh\n')
    const { id } = await box.json(['snapshot', 'to keep', '-c', collection])
    const exported = await box.json(`snapshot export ${id} -c ${collection}`)
    const folder = join(library, 'snapshots', collection)
    expect(exported).toMatchObject({ schema: 1, archive: join(folder, `${id}.tar.gz`), warnings: [] })
    const index = readFileSync(join(folder, 'snapshots.toml'), 'utf8')
    expect(index).toContain(`[[snapshots]]\nid = "${id}"\n`)
    expect(index).toContain('message = "to keep"\nartifact_count = 2\n')
    expect(index).toContain(`tarball_path = "${join(folder, `${id}.tar.gz`)}"\n`)

    const out = join(box.root, `unpacked-${collection}`)
    mkdirSync(out)
    const run = spawnSync('tar', ['-xzf', String(exported.archive), '-C', out], { encoding: 'utf8' })
    expect(run.stderr).toBe('')
    expect(readdirSync(out)).toEqual([collection])
    expect(readFileSync(join(out, collection, 'skills/demo/run.sh'), 'utf8')).toBe('#!/bin/sh\n')
    expect(readFileSync(join(out, collection, 'collection.toml'), 'utf8')).toBe(read('collection.toml'))

    // What smd keeps itself is gone; the archive is enough.
    rmSync(join(library, '.smd/snapshots', collection), { recursive: true })
    rmSync(at('skills/demo'), { recursive: true })
    const back = await box.smd(`rollback ${id} -c ${collection} -y`)
    expect(back.code, back.stderr).toBe(0)
    expect(read('skills/demo/run.sh')).toBe('#!/bin/sh\n')
  })

  it('made by SkillMeat are listed and can be gone back to', async () => {
    const id = '20260102-030405-006813'
    const folder = join(library, 'snapshots', collection)
    mkdirSync(folder, { recursive: true })
    spawnSync('tar', ['-czf', join(folder, `${id}.tar.gz`), '-C', join(library, 'collections'), collection])
    // The index names a place on another machine.
    writeFileSync(
      join(folder, 'snapshots.toml'),
      `[[snapshots]]\nid = "${id}"\ntimestamp = "2026-01-02T03:04:05.006813"\nmessage = "before cleanup"\nartifact_count = 2\ntarball_path = "/home/u/.skillmeat/snapshots/x/${id}.tar.gz"\n`,
    )
    expect(await box.json(`snapshots -c ${collection}`)).toMatchObject({
      items: [
        { id, takenAt: '2026-01-02T03:04:05.006Z', message: 'before cleanup', whole: true, artifactCount: 2 },
      ],
    })
    put('skills/demo/SKILL.md', 'edited')
    const back = await box.smd(`rollback ${id} -c ${collection} -y`)
    expect(back.code, back.stderr).toBe(0)
    expect(read('skills/demo/SKILL.md')).toContain('name: demo')
    expect(readdirSync(join(library, '.smd/scratch'))).toEqual([])
  })
})
