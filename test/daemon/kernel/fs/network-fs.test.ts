import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { fileSystemOf, networkFileSystem } from '../../../../daemon/kernel/fs/network-fs.ts'

const mountInfo = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:26 / /home rw shared:2 master:1 - nfs4 server:/home rw
31 30 8:2 / /home/ann/local\\040disk rw - xfs /dev/sdb rw
32 22 0:40 / /mnt/c rw - 9p drvfs rw
33 22 0:41 / /mnt/cloud rw - fuse.sshfs host:/ rw
34 33 0:42 / /mnt/cloud rw - tmpfs tmpfs rw
`

describe('fileSystemOf', () => {
  it.each([
    ['/', 'ext4'],
    ['/homes', 'ext4'],
    ['/home', 'nfs4'],
    ['/home/ann', 'nfs4'],
    ['/home/ann/local disk/x', 'xfs'],
    ['/home/ann/local disk2', 'nfs4'],
    ['/mnt/c/Users', '9p'],
    ['/mnt/cloud/x', 'tmpfs'],
  ])('says that %s lies on %s', (path, kind) => {
    expect(fileSystemOf(path, mountInfo)).toBe(kind)
  })

  it('knows nothing without mounts', () => {
    expect(fileSystemOf('/', '')).toBeNull()
  })
})

describe('networkFileSystem', () => {
  it('reads the mounts of this machine and answers a kind of network file system or nothing', () => {
    expect(networkFileSystem(tmpdir()) ?? 'fuse').toMatch(/^(nfs4?|cifs|smb3?|9p|fuse.*)$/)
    expect(() => networkFileSystem('/does/not/exist')).toSatisfy(
      (call: () => unknown) => process.platform !== 'linux' || isMissing(call),
    )
  })
})

function isMissing(call: () => unknown): boolean {
  try {
    call()
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}
