import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensurePrivateFolder } from '../../../../daemon/kernel/fs/private-folder.ts'
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

  it.runIf(uid !== null)(
    'refuses a folder that others could replace, unless the sticky bit forbids it',
    () => {
      const path = join(base, 'shared', 'run')
      mkdirSync(path, { recursive: true, mode: 0o700 })
      chmodSync(join(base, 'shared'), 0o777)
      expect(refusal(path)).toBe(`everybody may write to the folder ${join(base, 'shared')} around it`)
      chmodSync(join(base, 'shared'), 0o1777)
      ensurePrivateFolder(path, uid)
      chmodSync(join(base, 'shared'), 0o775)
      ensurePrivateFolder(path, uid)
    },
  )

  it('only creates the folder where there are no user ids', () => {
    ensurePrivateFolder(join(base, 'windows'), null)
    expect(lstatSync(join(base, 'windows')).isDirectory()).toBe(true)
  })
})
