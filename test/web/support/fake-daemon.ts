/** What stands behind the page in tests of its components: answers by method, over the page's own requests. */
import { configure } from '@testing-library/preact'
import { onTestFinished, vi } from 'vitest'
import type { EventMessage } from '../../../protocol/follow-events.ts'
import type { MethodName, ParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { LiveListeners } from '../../../web/src/live.ts'

// Whatever is waited for comes as soon as this machine gets to it, which may be busy: only what never comes fails.
configure({ asyncUtilTimeout: 20_000 })

type Answers = { [Name in MethodName]?: (params: ParamsOf<Name>) => ResultOf<Name> | Promise<ResultOf<Name>> }

/** A failure as the daemon sends it. */
export class Refusal extends Error {
  readonly data: { slug: string; hint: string }

  constructor(slug: string, message: string, hint = '') {
    super(message)
    this.data = { slug, hint }
  }
}

export type FakeDaemon = {
  /** Changes what it answers from now on. */
  answer(answers: Answers): void
  /** What it was asked, in order. */
  readonly asked: ReadonlyArray<{ method: string; params: unknown }>
  /** Is not there: requests fail. */
  isGone: boolean
}

/** Answers the page's requests for as long as the test lasts; what it was told no answer for fails the request. */
export function fakeDaemon(first: Answers): FakeDaemon {
  const answers: Record<string, ((params: never) => unknown) | undefined> = { ...first }
  const asked: Array<{ method: string; params: unknown }> = []
  const daemon: FakeDaemon = {
    asked,
    isGone: false,
    answer: (next) => void Object.assign(answers, next),
  }
  // As it is in the page that the daemon serves.
  document.head.innerHTML = '<base href="/" />'
  vi.stubGlobal(
    'fetch',
    async (_: string, { body, signal }: { body: string; signal?: AbortSignal | null }) => {
      if (daemon.isGone) throw new TypeError('fetch failed')
      const { id, method, params } = JSON.parse(body)
      asked.push({ method, params })
      const reply = await replyOf(answers[method], method, params)
      signal?.throwIfAborted()
      return Response.json({ jsonrpc: '2.0', id, ...reply })
    },
  )
  // Answers are stored within the test that asked for them.
  vi.stubGlobal('requestIdleCallback', (work: () => void) => work())
  onTestFinished(() => void vi.unstubAllGlobals())
  return daemon
}

async function replyOf(answer: ((params: never) => unknown) | undefined, method: string, params: unknown) {
  try {
    if (!answer) throw new Refusal('rpc.unknown_method', `The test says nothing of ${method}.`)
    return { result: await answer(params as never) }
  } catch (error) {
    const { message, data } = error as Refusal
    return { error: { code: -1, message, data } }
  }
}

/** The live connection, in the hands of the test; for `vi.mock('../../../web/src/live.ts', () => liveMock)`. */
export const live = {
  listeners: null as LiveListeners | null,
  /** Tells the page something, once it listens. */
  async tell(message: unknown): Promise<void> {
    const listeners = await vi.waitUntil(() => live.listeners)
    listeners.onMessage(message as EventMessage)
  },
}
export const liveMock = {
  keepLive(listeners: LiveListeners): Promise<void> {
    live.listeners = listeners
    onTestFinished(() => {
      live.listeners = null
    })
    return new Promise(() => undefined)
  },
}
