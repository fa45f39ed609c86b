import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type ConfigSource,
  inspectSettings,
  loadSettings,
  setValue,
  unsetValue,
} from '../../../../daemon/kernel/config/file.ts'

let base: string
let source: ConfigSource
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'smd-config-'))
  source = { file: join(base, 'config', 'smd', 'config.toml'), env: {}, home: '/home/ann' }
})
afterEach(() => rm(base, { recursive: true, force: true }))

const write = async (content: string | Uint8Array) => {
  await mkdir(dirname(source.file), { recursive: true })
  await writeFile(source.file, content)
}
const read = () => readFile(source.file, 'utf8')

describe('loadSettings', () => {
  it('takes an absent file for an empty one and does not create it', async () => {
    expect((await loadSettings(source)).settings.cache.ttl_minutes).toBe(360)
    expect(await readdir(base)).toEqual([])
  })

  it('throws the first bad value; inspectSettings reports it', async () => {
    await write('[cache]\nttl_minutes = 0\nenabled = 0\n')
    await expect(loadSettings(source)).rejects.toMatchObject({
      slug: 'config.invalid',
      details: { file: source.file, line: 3, key: 'cache.enabled', found: '0', expected: 'true or false' },
    })
    expect((await inspectSettings(source)).problems).toHaveLength(2)
  })

  it('names the place of a syntax error, of wrong bytes too', async () => {
    await write('[cache]\nttl_minutes 5\n')
    await expect(loadSettings(source)).rejects.toMatchObject({
      slug: 'config.syntax',
      details: { file: source.file, line: 2 },
    })
    await write(Buffer.from('a = 1\nb = "é"\n', 'latin1'))
    await expect(inspectSettings(source)).rejects.toMatchObject({
      slug: 'config.syntax',
      details: { line: 2 },
    })
  })

  it('does not hide that the file cannot be read', async () => {
    await mkdir(source.file, { recursive: true })
    await expect(loadSettings(source)).rejects.toMatchObject({ code: 'EISDIR' })
  })
})

describe('setValue', () => {
  it('creates the file privately and in private folders (CACHE-4.2d)', async () => {
    const umask = process.umask(0o022)
    try {
      await setValue(source, 'cache-ttl', 15)
    } finally {
      process.umask(umask)
    }
    expect(await read()).toBe('[cache]\nttl_minutes = 15\n')
    expect((await stat(source.file)).mode & 0o777).toBe(0o600)
    expect((await stat(dirname(source.file))).mode & 0o777).toBe(0o700)
    expect((await loadSettings(source)).settings.cache.ttl_minutes).toBe(15)
  })

  it('keeps byte order mark, line endings, comments, order, unknown keys, mode and link (D5)', async () => {
    const text = '\uFEFF# mine\r\n[cache] # c\r\n  unknown = 0x1F\r\n  ttl_minutes =  5 # t\r\n\r\n[z]\r\n'
    await write('')
    const real = join(base, 'dotfiles.toml')
    await writeFile(real, text)
    await chmod(real, 0o644)
    await rm(source.file)
    await symlink(real, source.file)
    await setValue(source, 'cache.ttl_minutes', 60)
    await setValue(source, 'cache.enabled', false)
    expect(await readFile(real, 'utf8')).toBe(text.replace('=  5 # t', '=  60 # t\r\n  enabled = false'))
    expect((await stat(real)).mode & 0o777).toBe(0o644)
    expect((await lstat(source.file)).isSymbolicLink()).toBe(true)
    expect(await unsetValue(source, 'cache.enabled')).toBe(true)
    await setValue(source, 'cache.ttl_minutes', 5)
    expect(await readFile(real, 'utf8')).toBe(text)
  })

  it('changes the name that is in effect, and unset removes them all (CACHE-4.2d)', async () => {
    await write('cache-ttl = 1\n[cache]\nttl_minutes = 2\ncache-ttl = 3\n')
    await setValue(source, 'cache.ttl_minutes', 9)
    expect(await read()).toBe('cache-ttl = 1\n[cache]\nttl_minutes = 2\ncache-ttl = 9\n')
    expect((await loadSettings(source)).settings.cache.ttl_minutes).toBe(9)
    expect(await unsetValue(source, 'cache-ttl')).toBe(true)
    expect((await loadSettings(source)).settings.cache.ttl_minutes).toBe(360)
    expect(await unsetValue(source, 'cache-ttl')).toBe(false)
  })

  it('changes a setting at the root under its alias', async () => {
    await write('cache-ttl = 1 # x\n')
    await setValue(source, 'cache.ttl_minutes', 9)
    expect(await read()).toBe('cache-ttl = 9 # x\n')
  })

  it('writes lists and repairs a bad value', async () => {
    await write('[projects]\ninclude = "oops"\n')
    await setValue(source, 'projects.include', ['/a', '~/b'])
    expect(await read()).toBe('[projects]\ninclude = ["/a", "~/b"]\n')
    expect((await loadSettings(source)).settings.projects.include).toEqual(['/a', '/home/ann/b'])
  })

  it('loses no change of several made at once', async () => {
    await Promise.all([
      setValue(source, 'cache.ttl_minutes', 1),
      setValue(source, 'log.level', 'warn'),
      setValue(source, 'scan.workers', 2),
      setValue(source, 'cache.ttl_minutes', 2),
    ])
    expect(await read()).toBe('[cache]\nttl_minutes = 2\n\n[log]\nlevel = "warn"\n\n[scan]\nworkers = 2\n')
    expect(await readdir(dirname(source.file))).toEqual(['config.toml'])
  })

  it('goes on after a change that failed', async () => {
    await write('[cache\n')
    const failed = setValue(source, 'cache.ttl_minutes', 1)
    await expect(failed).rejects.toMatchObject({ slug: 'config.syntax' })
    await write('')
    await setValue(source, 'cache.ttl_minutes', 1)
    expect(await read()).toBe('[cache]\nttl_minutes = 1\n')
  })

  it('refuses a key locked by the environment', async () => {
    source.env = { SMD_CACHE_TTL_MINUTES: '5' }
    const locked = {
      slug: 'config.locked',
      details: { key: 'cache.ttl_minutes', variable: 'SMD_CACHE_TTL_MINUTES' },
    }
    await expect(setValue(source, 'cache-ttl', 9)).rejects.toMatchObject(locked)
    await expect(unsetValue(source, 'cache-ttl')).rejects.toMatchObject(locked)
    expect(await readdir(base)).toEqual([])
  })

  it.each([
    ['cache.ttl_minutes', 0],
    ['cache.ttl_minutes', 'soon'],
    ['cache.path', null],
    ['projects.include', ['a']],
    ['projects.include', ['/\ud800']],
    ['agents', { x: {} }],
  ])('refuses %s = %j and writes nothing', async (key, value) => {
    await expect(setValue(source, key, value)).rejects.toMatchObject({
      slug: 'config.invalid',
      details: { key },
    })
    expect(await readdir(base)).toEqual([])
  })

  it('refuses an unknown key and names the one probably meant', async () => {
    const unknown = {
      slug: 'config.unknown_key',
      details: { key: 'cache.tll_minutes', suggestion: 'cache.ttl_minutes' },
    }
    await expect(setValue(source, 'cache.tll_minutes', 1)).rejects.toMatchObject(unknown)
    await expect(unsetValue(source, 'cache.tll_minutes')).rejects.toMatchObject(unknown)
  })

  it.each([
    ['[cache\nttl_minutes = 5\n', 'config.syntax'],
    ['cache = 5\n', 'config.invalid'],
    ['[[cache]]\nenabled = true\n', 'config.invalid'],
    ['[cache.ttl_minutes]\nx = 1\n', 'config.invalid'],
    ['[cache]\nttl_minutes.x = 1\n', 'config.invalid'],
  ])('leaves %j as it is', async (text, slug) => {
    await write(text)
    await expect(setValue(source, 'cache.ttl_minutes', 1)).rejects.toMatchObject({
      slug,
      details: { file: source.file },
    })
    expect(await read()).toBe(text)
  })
})

describe('unsetValue', () => {
  it('answers whether there was something to remove', async () => {
    expect(await unsetValue(source, 'log.level')).toBe(false)
    expect(await readdir(base)).toEqual([])
    await setValue(source, 'log.level', 'warn')
    expect(await unsetValue(source, 'log.level')).toBe(true)
    expect(await read()).toBe('')
  })

  it('does not remove the tables of agents', async () => {
    await write('[agents.x]\n')
    await expect(unsetValue(source, 'agents')).rejects.toMatchObject({ slug: 'config.invalid' })
    expect(await read()).toBe('[agents.x]\n')
  })
})
