/** One request and its answer: no redirect, no repetition. */
import type { Agent, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { redactUrl } from '../secrets/redact.ts'
import { NetError } from './net-error.ts'
import type { NetTimers } from './net-timers.ts'

export type Exchange = { status: number; headers: IncomingHttpHeaders; body: Buffer }

export type ExchangeOptions = {
  agent: Agent
  headers: Record<string, string>
  /** Of the unpacked body. */
  maxBytes: number
  /** Longest silence; the whole may take `WHOLE` times as long. */
  timeoutMs: number
  after: NetTimers['after']
  signal: AbortSignal
}

const WHOLE = 4
/** As much of the explanation of a failure as anybody looks at. */
const ERROR_BYTES = 65_536

/** There is no way to the other side; `ENOTFOUND` is also a name that nobody has. */
const noWay = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'EHOSTDOWN'])
/** What may be gone a moment later. */
const passing = new Set([
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'ETIMEDOUT', 'EPIPE', 'EPROTO'],
  ...['EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'ERR_STREAM_PREMATURE_CLOSE'],
])

/** Sends a GET. Errors: `NetError` of the kinds unreachable, broken, timeout, too_large, bad_body; the reason of `signal`. */
export async function exchange(url: URL, options: ExchangeOptions): Promise<Exchange> {
  const { timeoutMs, after, signal } = options
  const late = new AbortController()
  const tooLate = (): void =>
    late.abort(new NetError('timeout', `${redactUrl(url.href)} did not answer in time.`))
  const cancelWhole = after(timeoutMs * WHOLE, tooLate)
  let cancelIdle = after(timeoutMs, tooLate)
  const alive = (): void => {
    cancelIdle()
    cancelIdle = after(timeoutMs, tooLate)
  }
  const either = AbortSignal.any([signal, late.signal])
  try {
    const response = await send(url, options, either)
    alive()
    const { statusCode: status = 0, headers } = response
    return { status, headers, body: await readBody(url, response, { ...options, alive, signal: either }) }
  } catch (error) {
    if (either.aborted) throw either.reason
    throw asNetError(url, error)
  } finally {
    cancelWhole()
    cancelIdle()
  }
}

function send(url: URL, { agent, headers }: ExchangeOptions, signal: AbortSignal): Promise<IncomingMessage> {
  // Looked up when needed, as the encryption alone costs the start of a process 20 ms and 8 MB.
  const { request } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http')
  return new Promise((resolve, reject) => {
    request(url, { agent, headers, signal }, resolve).on('error', reject).end()
  })
}

type Reading = Pick<ExchangeOptions, 'maxBytes' | 'signal'> & { alive(): void }

/** The body, unpacked. Of anything but a success only the beginning. */
async function readBody(url: URL, response: IncomingMessage, reading: Reading): Promise<Buffer> {
  const isError = response.statusCode !== 200
  const limit = isError ? ERROR_BYTES : reading.maxBytes
  const tooLarge = (): NetError =>
    new NetError('too_large', `${redactUrl(url.href)} answered more than ${limit} bytes.`)
  if (!isError && Number(response.headers['content-length']) > limit) {
    response.destroy()
    throw tooLarge()
  }
  const encoding = response.headers['content-encoding']?.toLowerCase() ?? 'identity'
  const chunks: Buffer[] = []
  let size = 0
  const noticed = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      reading.alive()
      yield chunk
    }
  }
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) {
      size += chunk.length
      if (size > limit) throw tooLarge()
      chunks.push(chunk)
    }
  }
  const { signal } = reading
  try {
    if (encoding === 'identity') await pipeline(response, noticed, collect, { signal })
    else if (encoding === 'gzip') await pipeline(response, noticed, gunzip(), collect, { signal })
    else throw new NetError('bad_body', `${redactUrl(url.href)} answered in an encoding nobody asked for.`)
  } catch (error) {
    response.destroy()
    // The beginning of an explanation is enough of it.
    if (!isError || signal.aborted || !(error instanceof NetError)) throw error
  }
  return Buffer.concat(chunks)
}

const gunzip = () => process.getBuiltinModule('node:zlib').createGunzip()

function asNetError(url: URL, error: unknown): NetError {
  if (error instanceof NetError) return error
  const { code = '', message = String(error) } = (error ?? {}) as NodeJS.ErrnoException
  const where = redactUrl(url.href)
  if (code.startsWith('Z_') || code.startsWith('HPE_'))
    return new NetError('bad_body', `${where} answered what cannot be read (${code}).`, { cause: error })
  const why = code || message
  return new NetError(noWay.has(code) ? 'unreachable' : 'broken', `${where} cannot be reached (${why}).`, {
    transient: passing.has(code),
    cause: error,
  })
}
