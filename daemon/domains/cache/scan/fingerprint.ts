/**
 * 64-bit fingerprints of what `lstat` says of files: cheap enough to be computed for every file in every rescan.
 *
 * A set of files is the sum of its members, so the order of a folder does not matter. Not for anything an attacker
 * could gain from: two sets with one fingerprint mean a change that is noticed only with the next one.
 */

/** A running fingerprint; two halves of 32 bits. */
export type Fingerprint = { a: number; b: number }

const floats = new Float64Array(3)
const words = new Uint32Array(floats.buffer)

export const emptyFingerprint = (): Fingerprint => ({ a: 0, b: 0 })

/** Seed of a path; `hashPath` of a folder is the seed of the names in it. */
export const pathSeed: Readonly<Fingerprint> = { a: 0x811c9dc5 | 0, b: 0x9747b28c | 0 }

/** Continues the path in `seed` with `/name`, into `out` (which may be `seed` itself). */
export function hashPath(seed: Readonly<Fingerprint>, name: string, out: Fingerprint): Fingerprint {
  let a = Math.imul(seed.a ^ 0x2f, 0x01000193)
  let b = Math.imul(seed.b ^ 0x2f, 0x5bd1e995)
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x5bd1e995)
    b ^= b >>> 15
  }
  out.a = a
  out.b = b
  return out
}

/** Adds one file to `sum`: its path and three numbers, normally size, mtime and inode. */
export function addFile(
  sum: Fingerprint,
  path: Readonly<Fingerprint>,
  size: number,
  mtime: number,
  ino: number,
): void {
  floats[0] = size
  floats[1] = mtime
  floats[2] = ino
  let a = path.a
  let b = path.b
  for (let i = 0; i < 6; i++) {
    const word = words[i] as number
    a = Math.imul(a ^ word, 0x9e3779b1)
    a ^= a >>> 15
    b = Math.imul(b ^ word, 0x85ebca77)
    b ^= (b >>> 13) ^ (a >>> 7)
  }
  sum.a = (sum.a + a) | 0
  sum.b = (sum.b + Math.imul(b ^ (b >>> 16), 0xc2b2ae3d)) | 0
}

/** Adds everything in `part` to `sum`. */
export function addFingerprint(sum: Fingerprint, part: Readonly<Fingerprint>): void {
  sum.a = (sum.a + part.a) | 0
  sum.b = (sum.b + part.b) | 0
}

const half = (value: number): string => (value >>> 0).toString(16).padStart(8, '0')

/** 16 hex; `variant` (a small integer) makes a different one that stands for the same files in another state. */
export function fingerprintHex(sum: Readonly<Fingerprint>, variant = 0): string {
  return half(sum.a ^ Math.imul(variant, 0x9e3779b1)) + half(sum.b ^ Math.imul(variant, 0xc2b2ae3d))
}
