import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type AtomicWriteCalls,
  atomicWriteFile,
  removeLeftovers,
} from '../../../../daemon/kernel/fs/atomic-write.ts'

let folder: string
let target: string
beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'smd-atomic-'))
  target = join(folder, 'config.toml')
})
afterEach(() => fs.rm(folder, { recursive: true, force: true }))

const read = () => fs.readFile(target, 'utf8')
const modeOf = async (path: string) => (await fs.stat(path)).mode & 0o7777

/**
 * The real calls, of which the one with number `failing` fails. With `crash` every later call fails as well, as if the
 * process had ended; a write that fails has written half. `log` lists the calls made.
 */
function faulty(failing: number, crash: boolean): { calls: AtomicWriteCalls; log: string[] } {
  const log: string[] = []
  const gate = (name: string) => {
    const number = log.push(name)
    if (number === failing || (crash && number > failing))
      throw Object.assign(new Error(`${name} failed`), { code: 'EIO' })
  }
  const wrap = <F extends (...args: never[]) => unknown>(name: string, call: F) =>
    (async (...args: Parameters<F>) => {
      gate(name)
      return await call(...args)
    }) as unknown as F
  const open: AtomicWriteCalls['open'] = async (path, flags, mode) => {
    gate(`open ${flags}`)
    const handle = await fs.open(path, flags, mode)
    const at = (name: string) => `${name}${flags === 'r' ? ' folder' : ''}`
    return {
      writeFile: async (data) => {
        try {
          gate(at('write'))
        } catch (error) {
          await handle.writeFile(String(data).slice(0, 3))
          throw error
        }
        await handle.writeFile(data)
      },
      chmod: wrap(at('chmod'), handle.chmod.bind(handle)),
      chown: wrap(at('chown'), handle.chown.bind(handle)),
      sync: wrap(at('sync'), handle.sync.bind(handle)),
      // Closed in any case, or the test would leak descriptors.
      close: async () => {
        await handle.close()
        gate(at('close'))
      },
    }
  }
  const calls = {
    lstat: wrap('lstat', fs.lstat),
    stat: wrap('stat', fs.stat),
    readlink: wrap('readlink', fs.readlink),
    open,
    rename: wrap('rename', fs.rename),
    unlink: wrap('unlink', fs.unlink),
  } as AtomicWriteCalls
  return { calls, log }
}

describe('atomicWriteFile', () => {
  it('creates a private file whatever the umask, and leaves nothing else', async () => {
    const umask = process.umask(0)
    try {
      await atomicWriteFile(target, 'one')
    } finally {
      process.umask(umask)
    }
    expect(await read()).toBe('one')
    expect(await modeOf(target)).toBe(0o600)
    expect(await fs.readdir(folder)).toEqual(['config.toml'])
  })

  it('gives a new file the mode asked for', async () => {
    await atomicWriteFile(target, new Uint8Array([0x61]), { mode: 0o644 })
    expect(await read()).toBe('a')
    expect(await modeOf(target)).toBe(0o644)
  })

  it.each([0o600, 0o640, 0o644, 0o664, 0o400])('keeps the mode %o of an existing file (D5)', async (mode) => {
    await fs.writeFile(target, 'old')
    await fs.chmod(target, mode)
    await atomicWriteFile(target, 'new')
    expect(await read()).toBe('new')
    expect(await modeOf(target)).toBe(mode)
  })

  it.runIf(process.getuid?.() === 0)('keeps the owner when it may (D5)', async () => {
    await fs.writeFile(target, 'old')
    await fs.chown(target, 1234, 2345)
    await atomicWriteFile(target, 'new')
    expect(await fs.stat(target)).toMatchObject({ uid: 1234, gid: 2345 })
  })

  it('writes through links, relative and absolute, also to a file that does not exist yet (D5)', async () => {
    await fs.mkdir(join(folder, 'dotfiles'))
    await fs.symlink('dotfiles/smd.toml', target)
    const second = join(folder, 'second.toml')
    await fs.symlink(target, second)
    for (const content of ['one', 'two']) {
      await atomicWriteFile(second, content)
      expect(await fs.readFile(join(folder, 'dotfiles', 'smd.toml'), 'utf8')).toBe(content)
    }
    expect((await fs.lstat(target)).isSymbolicLink()).toBe(true)
    expect((await fs.lstat(second)).isSymbolicLink()).toBe(true)
    expect(await fs.readdir(join(folder, 'dotfiles'))).toEqual(['smd.toml'])
  })

  it('refuses loops of links, folders and missing folders, and leaves nothing behind', async () => {
    await fs.symlink('loop', join(folder, 'loop'))
    await expect(atomicWriteFile(join(folder, 'loop'), 'x')).rejects.toThrow('loop of symbolic links')
    await expect(atomicWriteFile(folder, 'x')).rejects.toThrow('not a regular file')
    await expect(atomicWriteFile(join(folder, 'none', 'file'), 'x')).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await fs.readdir(folder)).toEqual(['loop'])
  })

  it('copes with the longest names a file system allows', async () => {
    target = join(folder, 'é'.repeat(127))
    await atomicWriteFile(target, 'x')
    expect(await fs.readdir(folder)).toEqual(['é'.repeat(127)])
  })

  it('has the content on the disk before the name, and the name before it answers', async () => {
    await fs.writeFile(target, 'old')
    const { calls, log } = faulty(0, false)
    await atomicWriteFile(target, 'new', { calls })
    expect(log).toEqual([
      'lstat',
      'stat',
      'open wx',
      'write',
      'chown',
      'chmod',
      'sync',
      'close',
      'rename',
      'open r',
      'sync folder',
      'close folder',
    ])
  })

  describe.each(['existing', 'new'])('for a file that is %s', (kind) => {
    const before = kind === 'existing' ? 'old content' : null
    const prepare = async () => {
      await fs.rm(folder, { recursive: true })
      await fs.mkdir(folder)
      if (before !== null) await fs.writeFile(target, before)
    }
    const content = () => read().catch(() => null)

    it('leaves the old or the new content when the process ends at any call (D5)', async () => {
      const { calls: whole, log } = faulty(0, false)
      await prepare()
      await atomicWriteFile(target, 'new content', { calls: whole })
      const renamed = log.indexOf('rename') + 1
      for (let crash = 1; crash <= log.length; crash++) {
        await prepare()
        const { calls } = faulty(crash, true)
        await expect(atomicWriteFile(target, 'new content', { calls })).rejects.toThrow('failed')
        expect(await content()).toBe(crash <= renamed ? before : 'new content')
      }
    })

    it('reports a failing call and removes its temporary file (D5)', async () => {
      await prepare()
      const { calls: whole, log } = faulty(0, false)
      await atomicWriteFile(target, 'new content', { calls: whole })
      for (const [index, name] of log.entries()) {
        await prepare()
        const { calls } = faulty(index + 1, false)
        await expect(atomicWriteFile(target, 'new content', { calls })).rejects.toThrow(`${name} failed`)
        const renamed = index > log.indexOf('rename')
        expect(await content()).toBe(renamed ? 'new content' : before)
        expect(await fs.readdir(folder)).toEqual(renamed || before !== null ? ['config.toml'] : [])
      }
    })
  })

  it('leaves the old or the new content, with its mode, when the process is killed at any call (D5)', async () => {
    const writer = fileURLToPath(new URL('../../../support/killed-writer.ts', import.meta.url))
    const link = join(folder, 'link.toml')
    const seen = new Set<string>()
    let killed = true
    for (let call = 1; killed; call++) {
      await fs.rm(folder, { recursive: true })
      await fs.mkdir(folder)
      await fs.writeFile(target, 'old content', { mode: 0o640 })
      await fs.symlink('config.toml', link)
      const { signal, status } = spawnSync(process.execPath, [writer, link, 'new content', String(call)])
      killed = signal === 'SIGKILL'
      expect(killed || status === 0, `call ${call}`).toBe(true)
      seen.add(await read())
      expect(await read(), `call ${call}`).toMatch(/^(old|new) content$/)
      expect(await modeOf(target), `call ${call}`).toBe(0o640)
      expect((await fs.lstat(link)).isSymbolicLink()).toBe(true)
      // The next one works whatever was left behind, and that is found.
      await atomicWriteFile(link, 'next')
      expect(await read()).toBe('next')
      await removeLeftovers(link)
      expect((await fs.readdir(folder)).sort()).toEqual(['config.toml', 'link.toml'])
    }
    expect(seen).toEqual(new Set(['old content', 'new content']))
  })

  it('takes nothing for a leftover that is not one', async () => {
    const others = ['.config.toml.backup.tmp', 'config.toml.0123456789ab.tmp', '.other.toml.0123456789ab.tmp']
    for (const name of [...others, '.config.toml.0123456789ab.tmp'])
      await fs.writeFile(join(folder, name), '')
    expect(await removeLeftovers(target)).toBe(1)
    expect((await fs.readdir(folder)).sort()).toEqual(others.toSorted())
    expect(await removeLeftovers(join(folder, 'none', 'config.toml'))).toBe(0)
  })

  it('goes on where the owner cannot be kept or the folder cannot be synced', async () => {
    await fs.writeFile(target, 'old')
    const { calls } = faulty(0, false)
    const refusing: AtomicWriteCalls = {
      ...calls,
      open: async (path, flags, mode) => {
        const handle = await calls.open(path, flags, mode)
        const refuse = (code: string) => async () => {
          throw Object.assign(new Error(code), { code })
        }
        return flags === 'r' ? { ...handle, sync: refuse('EINVAL') } : { ...handle, chown: refuse('EPERM') }
      },
    }
    await atomicWriteFile(target, 'new', { calls: refusing })
    expect(await read()).toBe('new')
  })
})
