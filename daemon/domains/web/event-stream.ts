/** What happens, as server-sent events: `events.subscribe` for clients that speak nothing but HTTP. */
import { SmdError } from '../../../protocol/errors.ts'
import type { AnyEvent } from '../../../protocol/events.ts'
import type { NotificationName, NotificationParams } from '../../../protocol/notifications.ts'
import { restEventName, toRestEvent, toRestSnapshot } from '../../../protocol/rest/events.ts'
import { InvalidRequest } from '../../kernel/http/invalid-request.ts'
import type { HttpRequest, Route, StreamedReply } from '../../kernel/http/route.ts'
import type { Dispatcher } from '../../kernel/rpc/dispatch.ts'
import { RawJson } from '../../kernel/rpc/raw-json.ts'
import type { Caller } from '../../kernel/rpc/request.ts'
import { nextTurn } from '../../kernel/rpc/turn.ts'

/** When a client that has lost its stream comes again, ms. */
const RETRY_MS = 2_000
const ID = 'events'

/** `instance` is that of the daemon: together with a number it names an event. */
export function eventRoute(dispatcher: Dispatcher, instance: string): Route {
  return {
    method: 'GET',
    path: '/api/v1/events',
    scope: 'read',
    handle: (request) => openStream(dispatcher, instance, request),
  }
}

/** Errors: those of `events.subscribe`; `http.invalid` for an id that is none. */
async function openStream(
  dispatcher: Dispatcher,
  instance: string,
  request: HttpRequest,
): Promise<StreamedReply> {
  const params = { ...topicsOf(request.query), ...sinceOf(request.header('last-event-id')) }
  const outlet = new Outlet()
  const caller: Caller = {
    ...request.caller,
    notify: (name, what) => outlet.send(frameOf(instance, name, what)),
    taken: () => outlet.taken(),
  }
  const message = { jsonrpc: '2.0', id: ID, method: 'events.subscribe', params }
  const answered = dispatcher.answer(message, caller).then((reply) => {
    const { error } = reply as { error?: Parameters<typeof SmdError.fromWire>[0] }
    return error ? SmdError.fromWire(error) : null
  })
  // What is wrong with the question is said at once, and becomes the reply.
  const refused = await Promise.race([answered, nextTurn()])
  if (refused) throw refused
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
    async stream(to) {
      outlet.open(to)
      const why = await answered
      // That the client has gone is known a moment after it cannot be written to.
      await nextTurn()
      if (outlet.isCut && !to.gone.aborted) throw new Error('the client does not take what it is sent')
      if (why?.slug === 'daemon.stopping') to.write('event: closing\ndata: {"reason":"stopping"}\n\n')
    },
  }
}

type Sink = Parameters<StreamedReply['stream']>[0]

/** Takes what is sent before there is somewhere to send it to, which is within one turn of the event loop. */
class Outlet {
  /** Nothing more was taken. */
  isCut = false
  #waiting: string[] = [`retry: ${RETRY_MS}\n\n`]
  #to: Sink | null = null

  send(text: string): boolean {
    if (!this.#to) {
      this.#waiting.push(text)
      return true
    }
    this.isCut ||= !this.#to.write(text)
    return !this.isCut
  }

  open(to: Sink): void {
    this.#to = to
    to.write(this.#waiting.join(''))
    this.#waiting = []
  }

  async taken(): Promise<void> {
    await this.#to?.taken()
  }
}

function frameOf<Name extends NotificationName>(
  instance: string,
  name: Name,
  what: NotificationParams<Name> | RawJson,
): string {
  const value: unknown = what instanceof RawJson ? JSON.parse(what.toText()) : what
  switch (name) {
    case 'events.event': {
      const event = value as AnyEvent & { seq: number; at: number }
      return frame(restEventName(event.topic), toRestEvent(event), `${instance}:${event.seq}`)
    }
    case 'events.snapshot': {
      const snapshot = value as NotificationParams<'events.snapshot'>
      return frame('snapshot', toRestSnapshot(snapshot), `${instance}:${snapshot.seq}`)
    }
    case 'events.heartbeat':
      // An id without data is no event, and still the place to go on from.
      return `: heartbeat\nid: ${instance}:${(value as { seq: number }).seq}\n\n`
    case 'events.gap':
      return frame('gap', { type: 'gap', ...(value as object) })
    default:
      return frame(name, value)
  }
}

/** JSON has no line ends of its own, so it is one line of data. */
function frame(name: string, data: unknown, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

function topicsOf(query: URLSearchParams): { topics?: string[] } {
  const topics = query
    .getAll('topics')
    .flatMap((list) => list.split(','))
    .map((topic) => topic.trim())
    .filter((topic) => topic !== '')
  return topics.length > 0 ? { topics } : {}
}

function sinceOf(id: string | undefined): { since?: { instance: string; seq: number } } {
  if (id === undefined || id === '') return {}
  const [, instance, seq] = /^([\w-]{1,64}):(\d{1,15})$/.exec(id) ?? []
  if (instance === undefined || seq === undefined)
    throw new InvalidRequest([{ field: 'last-event-id', message: 'it is not the id of an event' }])
  return { since: { instance, seq: Number(seq) } }
}
