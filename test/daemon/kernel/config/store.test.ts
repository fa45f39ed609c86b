import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SettingsStore } from '../../../../daemon/kernel/config/store.ts'

let base: string
let file: string
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'smd-store-'))
  file = join(base, 'config.toml')
})
afterEach(() => rm(base, { recursive: true, force: true }))

const open = (env: NodeJS.ProcessEnv = {}) => SettingsStore.open({ file, env, home: '/home/ann' })

describe('SettingsStore', () => {
  it('has a new value in force when it is written (CACHE-4.2d)', async () => {
    const store = await open()
    const row = await store.setText('cache-ttl', '15')
    expect(row).toMatchObject({ key: 'cache.ttl_minutes', value: 15, origin: 'file', line: 2 })
    expect(store.current.cache.ttl_minutes).toBe(15)
    expect((await open()).current.cache.ttl_minutes).toBe(15)
    expect(await store.unset('cache-ttl')).toMatchObject({ value: 360, origin: 'default' })
    expect(store.current.cache.ttl_minutes).toBe(360)
  })

  it('keeps every change of several made at once', async () => {
    const store = await open()
    await Promise.all([
      store.set('projects.include', ['/a']),
      store.set('projects.exclude', ['~/b']),
      store.set('projects.include', ['/a', '/c']),
    ])
    expect(store.current.projects).toEqual({ include: ['/a', '/c'], exclude: ['/home/ann/b'] })
    expect(await readFile(file, 'utf8')).toBe('[projects]\ninclude = ["/a", "/c"]\nexclude = ["~/b"]\n')
  })

  it('tells listeners about changes, by hand too, and about nothing else', async () => {
    const store = await open()
    const seen: string[] = []
    const stop = store.onChange((settings) => seen.push(settings.log.level))
    await store.set('log.level', 'warn')
    await store.set('log.level', 'warn')
    await store.list()
    await writeFile(file, '[log]\nlevel = "debug"\n')
    await store.reload()
    stop()
    await store.set('log.level', 'error')
    expect(seen).toEqual(['warn', 'debug'])
  })

  it('lists all settings with the warnings of the file, freshly read', async () => {
    const store = await open()
    await writeFile(file, '[cache]\nttl_minute = 5\nfoo = 1\n[log]\nlevel = "warn"\n')
    const list = await store.list()
    expect(list.warnings).toEqual([
      `${file}:2: unknown setting cache.ttl_minute; did you mean cache.ttl_minutes?`,
      `${file}:3: unknown setting cache.foo`,
    ])
    expect(list).toMatchObject({ file, total: list.items.length })
    expect(list.items.find(({ key }) => key === 'log.level')).toMatchObject({ value: 'warn', line: 5 })
  })

  it('keeps the former settings when the file becomes invalid', async () => {
    await writeFile(file, '[cache]\nttl_minutes = 5\n')
    const store = await open()
    await writeFile(file, '[cache]\nttl_minutes = 0\n')
    await expect(store.reload()).rejects.toMatchObject({ slug: 'config.invalid' })
    await writeFile(file, '[cache\n')
    await expect(store.list()).rejects.toMatchObject({ slug: 'config.syntax' })
    expect(store.current.cache.ttl_minutes).toBe(5)
    await writeFile(file, '')
    await store.reload()
    expect(store.current.cache.ttl_minutes).toBe(360)
  })

  it('does not open with a bad value, in the file or in the environment', async () => {
    await expect(open({ FEATURE_CACHE_ENABLED: 'maybe' })).rejects.toMatchObject({ slug: 'config.invalid' })
    await writeFile(file, 'cache = 1')
    await expect(open()).rejects.toMatchObject({ slug: 'config.invalid' })
  })
})
