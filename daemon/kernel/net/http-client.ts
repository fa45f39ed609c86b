/** How smd asks other machines: politely, with patience, and never more than it has to. */
import type { Agent, IncomingHttpHeaders } from 'node:http'
import { VERSION } from '../../../protocol/version.ts'
import { redactUrl } from '../secrets/redact.ts'
import { backoffMs } from './backoff.ts'
import { type Exchange, exchange } from './exchange.ts'
import { HostLimits } from './host-limits.ts'
import { NetError } from './net-error.ts'
import { type NetTimers, netTimers } from './net-timers.ts'

/** What settings, and tests, decide about all requests. */
export type NetOptions = {
  /** Fails every request at once: no name is looked up, no socket is opened. */
  offline: boolean
  /** Longest silence of the other side, ms; a whole answer may take four times as long. */
  timeoutMs: number
  timers?: NetTimers
  /** 0 to 1, without 1. */
  random?(): number
  /** Milliseconds of a clock that never goes back. */
  monotonic?(): number
}

export type HttpRequest = {
  accept: string
  /** ETag of what the asker has; the answer is then perhaps a 304. */
  etag?: string | null
  /** Sent to this origin alone, whoever redirects where. */
  authorization?: { origin: string; value: string } | null
  /** Of the answer; beyond it fails. Default: 32 MiB. */
  maxBytes?: number
  signal: AbortSignal
}

/** A 200, or a 304 when an ETag was sent. */
export type HttpResponse = {
  status: 200 | 304
  headers: IncomingHttpHeaders
  /** To be sent with the next request. */
  etag: string | null
  body: Buffer
}

export type HttpClient = {
  /** Errors: `NetError` of any kind; the reason of the signal. */
  get(url: string, request: HttpRequest): Promise<HttpResponse>
  /** Requests sent, every redirect and repetition counted. */
  readonly requests: number
}

const ATTEMPTS = 3
const REDIRECTS = 5
/** What a server may ask us to wait for while somebody waits for us, ms. */
const PATIENCE = 5_000
const DEFAULT_BYTES = 32 * 1024 * 1024

const etagForm = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/

/**
 * A client with its own memory of limits. Proxies are those of `env` (HTTP_PROXY, HTTPS_PROXY, NO_PROXY, in either
 * case), on a Node that knows how (22.21, 24.5). Connections are kept, and do not keep the process.
 */
export function createHttpClient(
  options: NetOptions & { env: NodeJS.ProcessEnv; now(): number },
): HttpClient {
  const { offline, timeoutMs, env, now, timers = netTimers, random = Math.random } = options
  const limits = new HostLimits(now, options.monotonic ?? (() => performance.now()), timers)
  const agents = new Map<string, Agent>()
  let requests = 0

  function agentFor({ protocol }: URL): Agent {
    let agent = agents.get(protocol)
    if (!agent) {
      const { Agent } = process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http')
      agent = new Agent({ keepAlive: true, proxyEnv: env })
      agents.set(protocol, agent)
    }
    return agent
  }

  async function step(url: URL, request: HttpRequest): Promise<Exchange> {
    const { accept, etag, authorization, maxBytes = DEFAULT_BYTES, signal } = request
    const isKnown = authorization?.origin === url.origin
    const key = `${url.host} ${isKnown}`
    await limits.enter(url, key, signal)
    const headers: Record<string, string> = {
      accept,
      'accept-encoding': 'gzip',
      'user-agent': `smd/${VERSION}`,
      ...(etag && etagForm.test(etag) && { 'if-none-match': etag }),
      ...(isKnown && authorization && { authorization: authorization.value }),
    }
    requests++
    const { after } = timers
    const answer = await exchange(url, { agent: agentFor(url), headers, maxBytes, timeoutMs, after, signal })
    limits.heard(url, key, answer)
    return answer
  }

  async function follow(start: URL, request: HttpRequest): Promise<HttpResponse> {
    let url = start
    for (let hops = 0; hops <= REDIRECTS; hops++) {
      const answer = await step(url, request)
      const { status, headers, body } = answer
      if (status === 200 || (status === 304 && request.etag)) {
        return { status, headers, etag: headers.etag ?? (status === 304 ? request.etag : null) ?? null, body }
      }
      if (![301, 302, 303, 307, 308].includes(status) || !headers.location) throw unexpected(url, answer)
      url = redirected(url, headers.location)
    }
    throw new NetError('refused', `${redactUrl(start.href)} redirects more than ${REDIRECTS} times.`)
  }

  return {
    get requests() {
      return requests
    },
    async get(address, request) {
      const url = parseAddress(address)
      if (offline) throw new NetError('offline', 'smd is set to be offline (net.offline).')
      for (let retry = 0; ; retry++) {
        request.signal.throwIfAborted()
        try {
          return await follow(url, request)
        } catch (error) {
          if (!(error instanceof NetError) || retry + 1 >= ATTEMPTS) throw error
          const waitMs = error.retryAt === null ? backoffMs(retry, random) : error.retryAt - now()
          if (!error.transient || waitMs > PATIENCE) throw error
          await timers.pause(Math.max(waitMs, 0), request.signal)
        }
      }
    },
  }
}

function parseAddress(address: string): URL {
  const url = URL.parse(address)
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url
  throw new NetError('refused', `${redactUrl(address)} is no address of the web.`)
}

function redirected(from: URL, location: string): URL {
  const to = URL.parse(location, from.href)
  const refuse = (why: string): NetError =>
    new NetError('refused', `${redactUrl(from.href)} redirects to ${why}.`)
  if (to?.protocol !== 'https:' && to?.protocol !== 'http:') throw refuse('what is no address of the web')
  if (from.protocol === 'https:' && to.protocol === 'http:') throw refuse('an address that is not encrypted')
  return to
}

function unexpected(url: URL, { status }: Exchange): NetError {
  const transient = status === 500 || status === 502 || status === 503 || status === 504
  return new NetError('status', `${redactUrl(url.href)} answered with status ${status}.`, {
    status,
    transient,
  })
}
