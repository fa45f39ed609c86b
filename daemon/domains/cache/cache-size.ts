import { statSync } from 'node:fs'

/** Bytes of the file and its write-ahead log. */
export function cacheSize(path: string): number {
  const bytes = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0
  return bytes(path) + bytes(`${path}-wal`)
}
