import { describe, expect, it } from 'vitest'
import { localCaller } from '../../../../daemon/kernel/rpc/request.ts'
import { useTestDaemon } from '../../../support/test-daemon.ts'

describe('diff.paths', () => {
  const start = useTestDaemon()

  it('tells what differs between two files, or two folders, of any place', async () => {
    const { call, write, home } = await start()
    write('a/one.md', 'one\n')
    write('a/same.md', 'same\n')
    write('b/one.md', 'two\n')
    write('b/same.md', 'same\n')
    write('b/new.md', 'new\n')
    const folders = await call('diff.paths', { left: `${home}/a`, right: `${home}/b` })
    expect(folders).toMatchObject({
      same: 1,
      files: [
        { path: 'new.md', status: 'added' },
        { path: 'one.md', status: 'changed', hunks: [{ lines: ['-one', '+two'] }] },
      ],
    })
    const files = await call('diff.paths', { left: `${home}/a/one.md`, right: `${home}/b/new.md` })
    expect(files.files).toMatchObject([{ path: 'one.md', hunks: [{ lines: ['-one', '+new'] }] }])
  })

  it('leaves out what is to be ignored, and shows as many lines around as are wanted', async () => {
    const { call, write, home } = await start()
    const text = Array.from({ length: 20 }, (_, n) => `line ${n}\n`).join('')
    for (const side of ['a', 'b']) {
      write(`${side}/one.md`, side === 'a' ? text : text.replace('line 9', 'other'))
      write(`${side}/build/out.js`, side)
      write(`${side}/deep/x.log`, side)
      write(`${side}/deep/same.md`, 'same')
    }
    const paths = { left: `${home}/a`, right: `${home}/b` }
    const ignored = await call('diff.paths', { ...paths, ignore: ['*.log', 'build'], context: 0 })
    expect(ignored).toEqual({
      same: 1,
      files: [
        {
          path: 'one.md',
          status: 'changed',
          hunks: [
            { leftStart: 10, leftLines: 1, rightStart: 10, rightLines: 1, lines: ['-line 9', '+other'] },
          ],
        },
      ],
    })
    const wide = await call('diff.paths', { ...paths, context: 100 })
    expect(wide.files.map(({ path }) => path)).toEqual(['build/out.js', 'deep/x.log', 'one.md'])
    expect(wide.files[2]?.hunks?.[0]?.lines).toHaveLength(21)
    // A file that is named is compared, whatever it is called.
    const single = { left: `${home}/a/deep/x.log`, right: `${home}/b/deep/x.log` }
    expect((await call('diff.paths', { ...single, ignore: ['*.log'] })).files).toHaveLength(1)
  })

  it('is for those who may read everything anyway', async () => {
    const { dispatcher, home } = await start()
    for (const method of ['diff.paths', 'diff.merge'])
      for (const scope of ['read', 'write'] as const) {
        const params = { left: home, right: home, base: home, local: home, remote: home }
        const reply = dispatcher.callAs({ ...localCaller('test'), scope }, method as never, params as never)
        await expect(reply).rejects.toMatchObject({ slug: 'auth.scope' })
      }
  })
})

describe('diff.merge', () => {
  const start = useTestDaemon()

  it('shows what a merge would make of the local version, and writes nothing', async () => {
    const { call, write, home } = await start()
    const paths = { base: `${home}/base`, local: `${home}/local`, remote: `${home}/remote` }
    const text = 'a\nb\nc\nd\ne\nf\ng\n'
    write('base', text)
    write('local', text.replace('a', 'A').replace('g', 'mine'))
    write('remote', text.replace('g', 'theirs'))
    const { files, openConflicts } = await call('diff.merge', paths)
    expect(openConflicts).toBe(1)
    expect(files).toMatchObject([
      { path: '', status: 'conflict', conflict: 'content', change: 'changed', isOpen: true },
    ])
    expect(files[0]?.hunks?.[0]?.lines).toEqual(
      expect.arrayContaining(['+<<<<<<< LOCAL (current)', ' mine', '+theirs']),
    )
  })

  it('leaves out what is to be ignored, and shows as many lines around as are wanted', async () => {
    const { call, write, home } = await start()
    const text = Array.from({ length: 9 }, (_, n) => `line ${n}\n`).join('')
    for (const name of ['base', 'local', 'remote']) {
      write(`${name}/f`, name === 'remote' ? text.replace('line 4', 'theirs') : text)
      write(`${name}/build/x`, name)
      write(`${name}/docs/y`, name)
    }
    const paths = { base: `${home}/base`, local: `${home}/local`, remote: `${home}/remote` }
    expect(await call('diff.merge', paths)).toMatchObject({ openConflicts: 2 })
    const { files, openConflicts } = await call('diff.merge', {
      ...paths,
      ignore: ['build', 'docs/*'],
      context: 1,
    })
    expect(openConflicts).toBe(0)
    expect(files.map(({ path }) => path)).toEqual(['f'])
    expect(files[0]?.hunks?.[0]?.lines).toEqual([' line 3', '-line 4', '+theirs', ' line 5'])
  })

  it('merges folders, and refuses to merge a file with a folder (merge.mixed)', async () => {
    const { call, write, home } = await start()
    for (const name of ['base', 'local', 'remote']) write(`${name}/f`, 'same\n')
    write('remote/g', 'new\n')
    const paths = { base: `${home}/base`, local: `${home}/local`, remote: `${home}/remote` }
    expect(await call('diff.merge', paths)).toMatchObject({
      openConflicts: 0,
      files: [{ path: 'g', status: 'remote', change: 'added' }],
    })
    await expect(call('diff.merge', { ...paths, base: `${home}/base/f` })).rejects.toMatchObject({
      slug: 'merge.mixed',
    })
    await expect(call('diff.merge', { ...paths, base: `${home}/nothing` })).rejects.toMatchObject({
      slug: 'object.unreadable',
    })
  })
})
