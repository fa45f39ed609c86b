import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import { SmdError } from '../../protocol/errors.ts'
import type { BundlePart } from './collect.ts'

/** The parts as a ZIP archive. The same parts and time give the same bytes. */
export async function packBundle(parts: readonly BundlePart[], at: Date): Promise<Buffer> {
  const zip = new ZipFile()
  for (const { name, text } of parts.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    zip.addBuffer(Buffer.from(text, 'utf8'), `smd-support/${name}`, { mtime: at, mode: 0o100600 })
  }
  zip.end()
  return buffer(zip.outputStream)
}

/** Writes a new file that only its owner may read; nothing is left of one that cannot be written. Errors: `cli.output_unwritable`. */
export function writeNewFile(path: string, content: Buffer): void {
  const failure = (cause: unknown): SmdError => {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'EEXIST' ? 'it exists already' : (cause as Error).message
    return new SmdError('cli.output_unwritable', { path, reason }, { cause })
  }
  let fd: number
  try {
    fd = openSync(path, 'wx', 0o600)
  } catch (error) {
    throw failure(error)
  }
  try {
    writeFileSync(fd, content)
  } catch (error) {
    rmSync(path, { force: true })
    throw failure(error)
  } finally {
    closeSync(fd)
  }
}
