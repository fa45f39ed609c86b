import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { type LogEntry, parseLogLine } from './read-log.ts'
import { LOG_FILES, logFiles } from './rotate.ts'

const CHUNK = 64 * 1024

/**
 * Follows the files of the log for whoever cannot ask the daemon. Begins at the end; a file that is rotated, deleted or
 * made meanwhile is followed on. Lines that are not complete yet wait for their end.
 */
export class LogFollower {
  readonly #path: string
  #file: { fd: number; inode: number; offset: number } | null
  #rest: Buffer = Buffer.alloc(0)

  constructor(path: string) {
    this.#path = path
    this.#file = open(path)
    if (this.#file) this.#file.offset = fstatSync(this.#file.fd).size
  }

  /** What was written since the last time. */
  poll(): LogEntry[] {
    const lines: string[] = []
    for (;;) {
      lines.push(...this.#readOn())
      const next = this.#nextFile()
      if (!next) break
      if (this.#file) closeSync(this.#file.fd)
      this.#file = next
      this.#rest = Buffer.alloc(0)
    }
    return lines.flatMap((line) => parseLogLine(line) ?? [])
  }

  close(): void {
    if (this.#file) closeSync(this.#file.fd)
    this.#file = null
  }

  #readOn(): string[] {
    const file = this.#file
    if (!file) return []
    // Emptied by hand.
    if (fstatSync(file.fd).size < file.offset) file.offset = 0
    const parts = [this.#rest]
    for (;;) {
      const chunk = Buffer.alloc(CHUNK)
      const bytes = readSync(file.fd, chunk, 0, CHUNK, file.offset)
      if (bytes === 0) break
      file.offset += bytes
      parts.push(chunk.subarray(0, bytes))
    }
    const read = Buffer.concat(parts)
    const end = read.lastIndexOf(0x0a) + 1
    this.#rest = read.subarray(end)
    return read.subarray(0, end).toString('utf8').split('\n').slice(0, -1)
  }

  /** The file that was begun after the one at hand, which may have been rotated several times meanwhile. */
  #nextFile(): ReturnType<typeof open> {
    if (!this.#file) return open(this.#path)
    const names = logFiles(this.#path, LOG_FILES)
    const at = names.findIndex((name) => inodeOf(name) === this.#file?.inode)
    if (at === 0) return null
    // Gone from the list: deleted, or pushed out by many rotations. What is current now is all that is sure.
    return open(names[at === -1 ? 0 : at - 1] as string)
  }
}

function open(path: string): { fd: number; inode: number; offset: number } | null {
  try {
    const fd = openSync(path, 'r')
    return { fd, inode: fstatSync(fd).ino, offset: 0 }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino
