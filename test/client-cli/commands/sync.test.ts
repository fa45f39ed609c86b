import { describe, expect, it } from 'vitest'
import { syncCommand } from '../../../client-cli/commands/sync.ts'
import { SmdError } from '../../../protocol/errors.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import { runWithFakeClient } from '../../support/fake-client.ts'

const done: ResultOf<'cache.sync'> = {
  started: true,
  result: { syncedAt: 1_000, units: 103, scanned: 0, durationMs: 12 },
}

describe('smd sync', () => {
  it('only begins without --wait', async () => {
    const answers = { 'cache.sync': { started: true, result: null } }
    const run = runWithFakeClient(syncCommand, {}, answers)
    expect(await run.done).toBe(0)
    expect(run.calls).toEqual([['cache.sync', { background: true }]])
    expect(run.terminal.stdout()).toBe('Started. To wait for the end: smd sync --wait\n')
  })

  it('waits with --wait and says how much is kept in line', async () => {
    const run = runWithFakeClient(syncCommand, { wait: true }, { 'cache.sync': done })
    expect(await run.done).toBe(0)
    expect(run.calls).toEqual([['cache.sync', { background: false }]])
    expect(run.terminal.stdout()).toBe('The cache is in line with 103 places (12 ms)\n')
  })

  it('says what had to be read, and names one project by its path', async () => {
    const answer = { ...done, result: { ...done.result, units: 1, scanned: 1 } } as typeof done
    const run = runWithFakeClient(syncCommand, { wait: true, project: '.' }, { 'cache.sync': answer })
    await run.done
    expect(run.calls).toEqual([['cache.sync', { project: '/home/me', background: false }]])
    expect(run.terminal.stdout()).toBe(
      'The cache is in line with 1 place, 1 of them read because they are not watched (12 ms)\n',
    )
  })

  it('passes the answer on as JSON', async () => {
    const run = runWithFakeClient(syncCommand, { wait: true }, { 'cache.sync': done }, { json: true })
    await run.done
    expect(JSON.parse(run.terminal.stdout())).toEqual({
      schema: 1,
      started: true,
      result: { ...done.result, syncedAt: '1970-01-01T00:00:01.000Z' },
    })
  })

  it('fails when something could not be read', async () => {
    const run = runWithFakeClient(
      syncCommand,
      { wait: true },
      { 'cache.sync': new SmdError('cache.sync_failed') },
    )
    await expect(run.done).rejects.toMatchObject({ slug: 'cache.sync_failed' })
  })
})
