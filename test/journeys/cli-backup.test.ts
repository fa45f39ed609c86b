/** smd backup: made, listed, restored, with real processes. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'

let box: Sandbox
beforeAll(async () => {
  box = createSandbox()
  await box.smd('start')
})
afterAll(() => box.dispose())

const tidy = (text: string): string => box.tidy(text).replace(/\d{8}T\d{6}Z(-\d+)?/g, '<name>')

describe('smd backup', () => {
  it('says that there is none, makes one, lists it and restores it', async () => {
    const none = await box.smd('backup list')
    expect(none.stdout.trim()).toBe('')
    expect(none.stderr).toContain('No backups yet. Make one with: smd backup create')
    await box.smd('config set cache.ttl_minutes 77')
    const made = await box.smd('backup create')
    expect(tidy(made.stdout)).toBe('Backup <name> made: cache.db, config.toml (<size>)\n')
    expect(tidy(made.stderr)).toBe('Bring it back with: smd backup restore <name>\n')
    const [name = ''] = /\d{8}T\d{6}Z/.exec(made.stdout) ?? []
    const list = await box.smd('backup list')
    expect(tidy(list.stdout)).toMatch(
      /^NAME +MADE +WHY +SIZE +SMD +HOLDS\n<name> +.* manual +<size> +\S+ +cache\.db, config\.toml\n$/,
    )
    expect(await box.json('backup list')).toMatchObject({
      schema: 1,
      total: 1,
      folder: join(box.paths.dataDir, 'backups'),
      items: [{ name, reason: 'manual', createdAt: expect.stringMatching(/^\d{4}-.*Z$/) }],
    })
    await box.smd('config set cache.ttl_minutes 5')
    const refused = await box.smd(['backup', 'restore', name])
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('Restoring a backup needs a yes')
    const restored = await box.smd(['backup', 'restore', name, '--yes'])
    expect(restored.code, restored.stderr).toBe(0)
    expect(tidy(restored.stdout)).toBe('Restored: cache.db, config.toml of <name>\n')
    expect(tidy(restored.stderr)).toBe('Take it back with: smd backup restore <name>\n')
    expect((await box.smd('config get cache.ttl_minutes')).stdout).toBe('77\n')
    expect(await box.json('list --limit 1')).toMatchObject({ total: 32 })
    const [, back = ''] = /restore (\S+)/.exec(restored.stderr) ?? []
    expect(await box.json(['backup', 'restore', back, '--yes'])).toMatchObject({
      restored: { name: back },
      before: { reason: 'before-restore' },
    })
    expect((await box.smd('config get cache.ttl_minutes')).stdout).toBe('5\n')
  })

  it('fails with what to do', async () => {
    const none = await box.smd('backup restore 20200101T000000Z --yes')
    expect(none).toMatchObject({ code: 3, stdout: '' })
    expect(none.stderr).toBe(
      'There is no backup "20200101T000000Z".\nList the backups with: smd backup list\n',
    )
    await box.smd('config set cache.ttl_minutes 5')
    const { name } = await box.json('backup create')
    const file = join(box.paths.backupsDir, String(name), 'config.toml')
    writeFileSync(file, readFileSync(file, 'utf8').replace('5', '6'))
    const damaged = await box.smd(['backup', 'restore', String(name), '--yes'])
    expect(damaged.code).toBe(4)
    expect(tidy(damaged.stderr)).toBe(
      'The backup <name> cannot be used: config.toml is not what was saved.\nChoose another one: smd backup list\n',
    )
  })
})
