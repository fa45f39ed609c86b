/** Secrets that are handed out once; what is kept of them cannot be used to come in. */

const SECRET_BYTES = 32

/** 256 random bits, in letters that need no quoting anywhere. */
export function newSecret(): string {
  return process.getBuiltinModule('node:crypto').randomBytes(SECRET_BYTES).toString('base64url')
}

/** SHA-256: enough for what is random already and cannot be guessed. */
export function digest(secret: string): Buffer {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(secret).digest()
}

/** Compared in a time that does not tell how much of it is right. */
export function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && process.getBuiltinModule('node:crypto').timingSafeEqual(one, other)
}
