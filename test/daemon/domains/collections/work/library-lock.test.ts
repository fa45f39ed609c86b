import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withLibraryLock } from '../../../../../daemon/domains/collections/work/library-lock.ts'
import { useTestHome } from '../../../../support/test-daemon.ts'

describe('the lock of a library', () => {
  const makeHome = useTestHome()

  it('lets processes change it one after the other', async () => {
    const { folders } = makeHome().around
    const { signal } = new AbortController()
    const order: string[] = []
    const entered = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const first = withLibraryLock({ folders, signal }, async () => {
      order.push('first in')
      entered.resolve()
      await go.promise
      order.push('first out')
    })
    await entered.promise
    const second = withLibraryLock({ folders, signal }, async () => order.push('second in'))
    go.resolve()
    await Promise.all([first, second])
    expect(order).toEqual(['first in', 'first out', 'second in'])
  })

  it('refuses with deploy.library_busy who may wait no longer, and is free after a failure', async () => {
    const { folders } = makeHome().around
    const ended = AbortSignal.abort()
    const { signal } = new AbortController()
    const failed = withLibraryLock({ folders, signal }, async () => {
      await expect(withLibraryLock({ folders, signal: ended }, async () => null)).rejects.toMatchObject({
        slug: 'deploy.library_busy',
      })
      throw new Error('mine')
    })
    await expect(failed).rejects.toThrow('mine')
    expect(await withLibraryLock({ folders, signal: ended }, async () => 'free')).toBe('free')
  })

  it('says deploy.library_unwritable where there can be no folder', async () => {
    const { around, write } = makeHome()
    write('.skillmeat', 'a file')
    const { signal } = new AbortController()
    await expect(
      withLibraryLock({ folders: around.folders, signal }, async () => null),
    ).rejects.toMatchObject({
      slug: 'deploy.library_unwritable',
      details: { folder: around.folders.skillmeat },
    })
    expect(existsSync(join(around.folders.skillmeat, '.smd'))).toBe(false)
  })
})
