/** `killed-writer.ts FILE CONTENT N`: writes a file atomically and is killed before the N-th system call of that. */
import * as fs from 'node:fs/promises'
import { type AtomicWriteCalls, atomicWriteFile } from '../../daemon/kernel/fs/atomic-write.ts'

const [, , file = '', content = '', number = ''] = process.argv
let count = 0
const killing = <F extends (...args: never[]) => unknown>(call: F): F =>
  ((...args: Parameters<F>) => {
    // Synchronous: nothing of the call happens.
    if (++count === Number(number)) process.kill(process.pid, 'SIGKILL')
    return call(...args)
  }) as F

const calls: AtomicWriteCalls = {
  lstat: killing(fs.lstat),
  stat: killing(fs.stat),
  readlink: killing(fs.readlink),
  rename: killing(fs.rename),
  unlink: killing(fs.unlink),
  open: killing(async (path: string, flags: string, mode?: number) => {
    const handle = await fs.open(path, flags, mode)
    return {
      writeFile: killing(handle.writeFile.bind(handle)),
      chmod: killing(handle.chmod.bind(handle)),
      chown: killing(handle.chown.bind(handle)),
      sync: killing(handle.sync.bind(handle)),
      close: killing(handle.close.bind(handle)),
    }
  }),
}
await atomicWriteFile(file, content, { calls })
