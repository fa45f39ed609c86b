/**
 * One buffer per thread through which all hashing goes: a few small files cost one call of the hash function, and a
 * big file no more memory than a small one.
 */
import { createHash, type Hash, hash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'

const capacity = 262_144

let shared: Buffer | undefined

/** A running hash over everything added since `startHash`; only one at a time in a thread. */
export type RunningHash = {
  algorithm: 'sha256' | 'sha1'
  buffer: Buffer
  used: number
  /** Made only when the buffer overflows. */
  spilled: Hash | null
}

export function startHash(algorithm: RunningHash['algorithm']): RunningHash {
  shared ??= Buffer.allocUnsafeSlow(capacity)
  return { algorithm, buffer: shared, used: 0, spilled: null }
}

function spill(running: RunningHash): void {
  running.spilled ??= createHash(running.algorithm)
  running.spilled.update(running.buffer.subarray(0, running.used))
  running.used = 0
}

export function addBytes(running: RunningHash, bytes: Uint8Array): void {
  if (running.used + bytes.length > capacity) spill(running)
  if (bytes.length > capacity) running.spilled?.update(bytes)
  else {
    running.buffer.set(bytes, running.used)
    running.used += bytes.length
  }
}

/** UTF-8 of a text. */
export function addText(running: RunningHash, text: string): void {
  // No UTF-16 unit needs more than three bytes.
  if (running.used + text.length * 3 > capacity) addBytes(running, Buffer.from(text))
  else running.used += running.buffer.write(text, running.used)
}

/**
 * Content of a file, read synchronously. `size`: what `stat` said; a file that has grown is read to its end all the same.
 * Returns the bytes read. Errors: those of `open` and `read`.
 */
export function addFile(running: RunningHash, path: string | Buffer, size: number): number {
  const fd = openSync(path, 'r')
  try {
    let total = 0
    for (;;) {
      if (running.used === capacity) spill(running)
      // One byte more than expected: a short answer then proves the end without a second call.
      const left = Math.max(size - total, 0) + 1
      if (left > capacity - running.used && running.used > 0) spill(running)
      const wanted = Math.min(left, capacity - running.used)
      const got = readSync(fd, running.buffer, running.used, wanted, -1)
      running.used += got
      total += got
      if (got === 0 || (got < wanted && total >= size)) return total
    }
  } finally {
    closeSync(fd)
  }
}

export function endHash(running: RunningHash, encoding: 'hex' | 'binary'): string {
  const rest = running.buffer.subarray(0, running.used)
  if (running.spilled) return running.spilled.update(rest).digest(encoding)
  return hash(running.algorithm, rest, encoding)
}
