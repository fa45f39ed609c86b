import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { skill, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()

/** A collection with a skill and a command. */
async function lab() {
  const daemon = await start({
    prepare({ write }) {
      write('src/demo/SKILL.md', skill('demo'))
      write('src/demo/scripts/run.sh', '#!/bin/sh\n')
      write('src/hello.md', '---\ndescription: Greets.\n---\nHello.\n')
    },
  })
  const { call, home } = daemon
  chmodSync(join(home, 'src/demo/scripts/run.sh'), 0o755)
  await call('collections.init', {})
  await call('collections.add', { spec: join(home, 'src/demo'), type: 'skill' })
  await call('collections.add', { spec: join(home, 'src/hello.md'), type: 'command' })
  const root = join(home, '.skillmeat/collections/default')
  const edit = (file: string, content: string | null, more: object = {}) =>
    call('collections.edit', { name: 'demo', type: 'skill', file, content, ...more })
  return { daemon, call, root, folder: join(root, 'skills/demo'), edit }
}

describe('collections.edit', () => {
  it('writes what is there, what is new and below new folders, and takes away', async () => {
    const { call, folder, edit } = await lab()
    const before = await call('artifacts.show', { name: 'demo', scope: 'collection' })
    const text = skill('demo', 'Edited.')
    expect(await edit('SKILL.md', text)).toEqual({
      name: 'demo',
      type: 'skill',
      collection: 'default',
      path: join(folder, 'SKILL.md'),
      sizeBytes: Buffer.byteLength(text),
      operation: expect.stringMatching(/^op_/),
    })
    expect(readFileSync(join(folder, 'SKILL.md'), 'utf8')).toBe(text)
    // Whoever asks next sees it, and that it is not what was installed.
    const after = await call('artifacts.show', { name: 'demo', scope: 'collection' })
    expect(after.hash).not.toBe(before.hash)
    const { artifacts } = await call('collections.show', { check: true })
    expect(artifacts.find(({ name }) => name === 'demo')?.state).toBe('modified')

    await edit('more/deep/ä b.md', 'new\n', { expect: 'new' })
    expect(readFileSync(join(folder, 'more/deep/ä b.md'), 'utf8')).toBe('new\n')
    await edit('more/deep/ä b.md', null)
    expect(existsSync(join(folder, 'more/deep/ä b.md'))).toBe(false)
    expect(readFileSync(join(folder, 'scripts/run.sh'), 'utf8')).toBe('#!/bin/sh\n')
  })

  it('leaves whether a file may run, and does nothing where nothing changes', async () => {
    const { call, folder, edit } = await lab()
    await edit('scripts/run.sh', '#!/bin/sh\necho\n')
    expect(statSync(join(folder, 'scripts/run.sh')).mode & 0o777).toBe(0o755)
    const { total } = await call('snapshots.list', {})
    expect(await edit('scripts/run.sh', '#!/bin/sh\necho\n')).toMatchObject({ operation: null })
    expect((await call('snapshots.list', {})).total).toBe(total)
  })

  it('can be taken back, and what was there is in a snapshot', async () => {
    const { call, folder, edit } = await lab()
    const text = readFileSync(join(folder, 'SKILL.md'), 'utf8')
    const { operation } = await edit('SKILL.md', skill('demo', 'Edited.'))
    const [snapshot] = (await call('snapshots.list', {})).items
    expect(snapshot).toMatchObject({
      automatic: true,
      message: expect.stringContaining('SKILL.md of skill demo'),
    })
    await call('deployments.undo', { operation: operation ?? '' })
    expect(readFileSync(join(folder, 'SKILL.md'), 'utf8')).toBe(text)
    await edit('SKILL.md', skill('demo', 'Again.'))
    await call('snapshots.rollback', { id: snapshot?.id ?? '' })
    expect(readFileSync(join(folder, 'SKILL.md'), 'utf8')).toBe(text)
  })

  it('edits an artifact that is one file, by its name', async () => {
    const { call, root } = await lab()
    const hello = { name: 'hello', type: 'command' }
    await call('collections.edit', { ...hello, file: 'hello.md', content: 'Hi.\n' })
    expect(readFileSync(join(root, 'commands/hello.md'), 'utf8')).toBe('Hi.\n')
    for (const [file, content] of [
      ['other.md', 'x'],
      ['hello.md', null],
    ] as const)
      await expect(call('collections.edit', { ...hello, file, content }), file).rejects.toMatchObject({
        slug: 'collection.bad_file',
      })
  })

  it.each([
    '../x.md',
    'a/../../x.md',
    '/etc/passwd',
    './x.md',
    'a//b.md',
    'a/',
    'a\\b.md',
    'a\u0000b.md',
    '.git/config',
    'a:b.md',
    'a\ud800b.md',
    'x'.repeat(241),
    `${'d/'.repeat(600)}x.md`,
    'link/x.md',
    'to-outside.md',
    'scripts',
    'SKILL.md/x.md',
  ])('changes nothing at %j', async (file) => {
    const { daemon, folder, edit } = await lab()
    const outside = join(daemon.home, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'x.md'), 'outside\n')
    symlinkSync(outside, join(folder, 'link'))
    symlinkSync(join(outside, 'x.md'), join(folder, 'to-outside.md'))
    for (const content of ['written', null])
      await expect(edit(file, content), `${content}`).rejects.toMatchObject({ slug: 'collection.bad_file' })
    expect(readFileSync(join(outside, 'x.md'), 'utf8')).toBe('outside\n')
    expect(existsSync(join(folder, '../x.md'))).toBe(false)
  })

  it('refuses what is there, what is not, and to take away what makes it an artifact', async () => {
    const { call, folder, edit } = await lab()
    await expect(edit('SKILL.md', 'x', { expect: 'new' })).rejects.toMatchObject({
      slug: 'collection.file_exists',
    })
    await expect(edit('none.md', 'x', { expect: 'present' })).rejects.toMatchObject({
      slug: 'artifact.no_such_file',
    })
    await expect(edit('none.md', null)).rejects.toMatchObject({ slug: 'artifact.no_such_file' })
    await expect(edit('SKILL.md', null)).rejects.toMatchObject({ slug: 'collection.bad_file' })
    await expect(
      call('collections.edit', { name: 'none', file: 'x.md', content: 'x' }),
    ).rejects.toMatchObject({ slug: 'collection.artifact_not_found' })
    expect(readFileSync(join(folder, 'SKILL.md'), 'utf8')).toBe(skill('demo'))
    expect((await call('snapshots.list', {})).total).toBe(0)
  })
})
