import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closeFolder, ensurePrivateFolder } from '../../../../daemon/kernel/fs/private-folder.ts'
import { SmdError } from '../../../../protocol/errors.ts'

const uid = process.getuid?.() ?? null
let base: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'smd-private-'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

const mode = (path: string) => lstatSync(path).mode & 0o777
const refusal = (path: string, owner = uid): string => {
  try {
    ensurePrivateFolder(path, owner)
  } catch (error) {
    if (error instanceof SmdError && error.slug === 'daemon.unsafe_folder')
      return String(error.details.reason)
    throw error
  }
  throw new Error('the folder was accepted')
}

describe('ensurePrivateFolder (S1)', () => {
  it.each([0o000, 0o022, 0o077, 0o777])(
    'creates the folder and its parents with mode 0700 under umask %o',
    (mask) => {
      const umask = process.umask(mask)
      try {
        if (mask === 0o777 && uid !== 0) return
        ensurePrivateFolder(join(base, 'a', 'b'), uid)
      } finally {
        process.umask(umask)
      }
      expect(mode(join(base, 'a', 'b'))).toBe(0o700)
      if (mask !== 0o777) expect(mode(join(base, 'a'))).toBe(0o700)
    },
  )

  it.each([0o700, 0o701, 0o710, 0o750, 0o755, 0o770, 0o777, 0o500])(
    'makes an existing folder with mode %o private',
    (before) => {
      const path = join(base, 'run')
      mkdirSync(path)
      chmodSync(path, before)
      ensurePrivateFolder(path, uid)
      expect(mode(path)).toBe(0o700)
    },
  )

  it('refuses a symbolic link, also a dangling one', () => {
    mkdirSync(join(base, 'real'), { mode: 0o700 })
    symlinkSync('real', join(base, 'link'))
    symlinkSync('nowhere', join(base, 'dangling'))
    expect(refusal(join(base, 'link'))).toBe('it is a symbolic link')
    expect(refusal(join(base, 'dangling'))).toBe('it is a symbolic link')
  })

  it('refuses a file, and a path below a file', () => {
    writeFileSync(join(base, 'file'), '')
    expect(refusal(join(base, 'file'))).toBe('it is not a folder')
    expect(refusal(join(base, 'file', 'run'))).toBe('it cannot be created (ENOTDIR)')
  })

  it.runIf(uid !== null)('refuses a folder of somebody else and leaves its mode', () => {
    const path = join(base, 'run')
    mkdirSync(path)
    chmodSync(path, 0o755)
    expect(refusal(path, (uid as number) + 1)).toBe(
      `it belongs to user ${uid}, not to ${(uid as number) + 1}`,
    )
    expect(mode(path)).toBe(0o755)
  })

  it.runIf(uid === 0)('refuses a folder given away, even for the superuser', () => {
    const path = join(base, 'run')
    mkdirSync(path, { mode: 0o700 })
    chownSync(path, 12345, 12345)
    expect(refusal(path)).toBe('it belongs to user 12345, not to 0')
  })

  it.runIf(uid !== null)('refuses a folder that others could replace', () => {
    const path = join(base, 'shared', 'deep', 'run')
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const shared = join(base, 'shared')
    const around = `everybody may write to the folder ${shared} around it`
    chmodSync(shared, 0o777)
    expect(refusal(path)).toBe(around)
    expect(refusal(join(shared, 'deep', 'new'))).toBe(around)
    expect(refusal(join(shared, 'new', 'run'))).toBe(around)
    expect(existsSync(join(shared, 'new'))).toBe(false)
    for (const mode of [0o1777, 0o775, 0o755]) {
      chmodSync(shared, mode)
      ensurePrivateFolder(path, uid)
      ensurePrivateFolder(join(shared, 'deep', `${mode}`), uid)
      ensurePrivateFolder(join(shared, `${mode}`, 'run'), uid)
    }
  })

  it.runIf(uid !== null)('refuses a folder right in one that all share, sticky bit or not', () => {
    const shared = join(base, 'shared')
    mkdirSync(join(shared, 'old'), { recursive: true, mode: 0o700 })
    chmodSync(shared, 0o1777)
    for (const name of ['old', 'new']) {
      expect(refusal(join(shared, name))).toBe(`everybody may write to the folder ${shared} around it`)
    }
    expect(readdirSync(shared)).toEqual(['old'])
  })

  it.runIf(uid === 0)('refuses a folder below one of somebody else, also before it is made', () => {
    const theirs = join(base, 'theirs')
    mkdirSync(join(theirs, 'a', 'run'), { recursive: true, mode: 0o700 })
    chownSync(theirs, 12345, 12345)
    const reason = `the folder ${theirs} around it belongs to user 12345, not to 0`
    expect(refusal(join(theirs, 'a', 'run'))).toBe(reason)
    expect(refusal(join(theirs, 'a', 'b', 'run'))).toBe(reason)
    expect(readdirSync(join(theirs, 'a'))).toEqual(['run'])
  })

  it('tightens what lies in the folder, but not what a link in it leads to', () => {
    const path = join(base, 'run')
    mkdirSync(join(path, 'folder'), { recursive: true })
    writeFileSync(join(path, 'file'), '')
    writeFileSync(join(base, 'outside'), '')
    symlinkSync('../outside', join(path, 'link'))
    for (const name of ['run', 'run/folder', 'run/file', 'outside']) chmodSync(join(base, name), 0o777)
    ensurePrivateFolder(path, uid)
    expect(['run', 'run/folder', 'run/file', 'outside'].map((name) => mode(join(base, name)))).toEqual([
      0o700, 0o700, 0o700, 0o777,
    ])
  })

  it.runIf(uid === 0)('refuses a folder in which somebody else left something', () => {
    const path = join(base, 'run')
    mkdirSync(path)
    chmodSync(path, 0o777)
    symlinkSync('/etc/passwd', join(path, 'smd.log'))
    lchownSync(join(path, 'smd.log'), 12345, 12345)
    expect(refusal(path)).toBe('smd.log in it belongs to user 12345, not to 0')
  })

  it('only creates the folder where there are no user ids', () => {
    ensurePrivateFolder(join(base, 'windows'), null)
    expect(lstatSync(join(base, 'windows')).isDirectory()).toBe(true)
  })
})

describe('closeFolder (S1)', () => {
  const close = (path: string, owner = uid): string | null => {
    try {
      closeFolder(path, owner)
      return null
    } catch (error) {
      if (error instanceof SmdError && error.slug === 'daemon.unsafe_folder')
        return String(error.details.reason)
      throw error
    }
  }
  const all = ['data', 'data/cache.db', 'data/folder']
  const modes = () => all.map((name) => mode(join(base, name)))
  beforeEach(() => {
    mkdirSync(join(base, 'data', 'folder'), { recursive: true })
    writeFileSync(join(base, 'data', 'cache.db'), '')
  })

  it.each([
    [0o777, 0o700],
    [0o664, 0o600],
    [0o555, 0o500],
    [0o700, 0o700],
  ])('takes the access of others away and leaves ours: %o becomes %o', (before, after) => {
    for (const name of all.toReversed()) chmodSync(join(base, name), before)
    // A folder that may not be entered is looked at as root only.
    if (before === 0o664 && uid !== 0) chmodSync(join(base, 'data'), 0o777)
    expect(close(join(base, 'data'))).toBe(null)
    expect(modes().slice(1)).toEqual([after, after])
  })

  it('follows a link to a folder of ours, and leaves alone what is not there or no folder', () => {
    for (const name of all) chmodSync(join(base, name), 0o755)
    symlinkSync('data', join(base, 'link'))
    expect(close(join(base, 'link'))).toBe(null)
    expect(modes()).toEqual([0o700, 0o700, 0o700])
    symlinkSync('nowhere', join(base, 'dangling'))
    for (const name of ['absent', 'dangling', 'data/cache.db']) expect(close(join(base, name))).toBe(null)
    expect(existsSync(join(base, 'absent'))).toBe(false)
  })

  it.runIf(uid === 0)('refuses the folder, and the file, of somebody else; those of root are fine', () => {
    chownSync(join(base, 'data'), 12345, 12345)
    expect(close(join(base, 'data'))).toBe('it belongs to user 12345, not to 0')
    expect(close(join(base, 'data'), 54321)).toBe('it belongs to user 12345, not to 54321')
    expect(close(join(base, 'data'), 12345)).toBe(null)
    chownSync(join(base, 'data', 'cache.db'), 54321, 54321)
    expect(close(join(base, 'data'), 12345)).toBe('cache.db in it belongs to user 54321, not to 12345')
    chownSync(join(base, 'data'), 0, 0)
    chmodSync(join(base, 'data'), 0o755)
    expect(close(join(base, 'data'), 12345)).toBe(null)
    chmodSync(join(base, 'data'), 0o775)
    expect(close(join(base, 'data'), 12345)).toBe('others may write to it (mode 0775)')
  })
})
