import { SmdError } from '../../../protocol/errors.ts'

/** Bytes of a socket path the system keeps; longer ones are cut silently (daemon spec, traps). */
const pathLimit = (platform: NodeJS.Platform): number => (platform === 'linux' ? 107 : 103)

/** Fails when the system would cut the path. Named pipes have no such limit. */
export function checkSocketPath(path: string, platform: NodeJS.Platform): void {
  if (platform === 'win32') return
  const bytes = Buffer.byteLength(path)
  const limit = pathLimit(platform)
  if (bytes > limit) throw new SmdError('daemon.path_too_long', { path, bytes, limit })
}
