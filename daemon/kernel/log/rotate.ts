import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'

/** Size beyond which a new file is begun. */
const MAX_BYTES = 10 * 1024 * 1024
/** The current file and older ones. */
export const LOG_FILES = 5

/** The files of a log, newest first: `smd.log`, `smd.log.1`, … Not all of them need exist. */
export const logFiles = (path: string, files = LOG_FILES): string[] =>
  Array.from({ length: files }, (_, i) => (i === 0 ? path : `${path}.${i}`))

export type RotationLimits = { maxBytes?: number; files?: number }

/**
 * A file of lines that begins anew when it is full: `smd.log` becomes `smd.log.1`, that `smd.log.2`, and the oldest is
 * replaced. A line is written whole or not at all, into one file. Whoever ends between two renames leaves a gap in the
 * numbers, which the next rotation uses. A file that was deleted or moved away is made again.
 */
export class RotatingFile {
  readonly #path: string
  readonly #maxBytes: number
  readonly #files: number
  #fd: number
  #inode: number

  constructor(path: string, { maxBytes = MAX_BYTES, files = LOG_FILES }: RotationLimits = {}) {
    this.#path = path
    this.#maxBytes = maxBytes
    this.#files = files
    this.#fd = openSync(path, 'a+', 0o600)
    this.#inode = fstatSync(this.#fd).ino
    this.#endHalfLine()
  }

  /** Appends text that ends with a line end. Errors: those of the system (ENOSPC, EACCES); nothing is written then. */
  write(line: string): void {
    const bytes = Buffer.from(line, 'utf8')
    const found = statSync(this.#path, { throwIfNoEntry: false })
    if (found?.ino !== this.#inode) this.#reopen()
    else if (found.size > 0 && found.size + bytes.length > this.#maxBytes) this.#rotate()
    this.#append(bytes)
  }

  close(): void {
    closeSync(this.#fd)
  }

  #append(bytes: Buffer): void {
    const before = fstatSync(this.#fd).size
    let written = 0
    try {
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written)
    } catch (error) {
      // A full disk took the beginning of the line. Unless others wrote since, it is taken back.
      if (written > 0 && fstatSync(this.#fd).size === before + written) ftruncateSync(this.#fd, before)
      throw error
    }
  }

  #rotate(): void {
    const names = logFiles(this.#path, this.#files)
    const gap = names.findIndex((name) => !existsSync(name))
    const last = gap === -1 ? names.length - 1 : gap
    for (let i = last; i > 0; i--) renameSync(names[i - 1] as string, names[i] as string)
    this.#reopen()
  }

  #reopen(): void {
    const fd = openSync(this.#path, 'a+', 0o600)
    closeSync(this.#fd)
    this.#fd = fd
    this.#inode = fstatSync(fd).ino
    this.#endHalfLine()
  }

  /** A process that died in the middle of a line shall not spoil the next one. */
  #endHalfLine(): void {
    const { size } = fstatSync(this.#fd)
    if (size === 0) return
    const last = Buffer.alloc(1)
    readSync(this.#fd, last, 0, 1, size - 1)
    if (last[0] !== 0x0a) writeSync(this.#fd, '\n')
  }
}
