import type { IncomingMessage } from 'node:http'
import { SmdError } from '../../../protocol/errors.ts'

/** A body may have at most this many bytes (1 MiB). */
export const MAX_BODY_BYTES = 1024 * 1024

/**
 * The whole body. What is announced too long is not read at all.
 * Errors: `http.too_large`; `http.invalid` when the client ends before its body does.
 */
export async function readBody(request: IncomingMessage, limit = MAX_BODY_BYTES): Promise<Buffer> {
  const tooLarge = (): SmdError => new SmdError('http.too_large', { limit })
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length
      if (size > limit) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof SmdError) throw error
    throw new SmdError('http.invalid', { reason: 'its body has no end' }, { cause: error })
  }
  return Buffer.concat(chunks)
}
