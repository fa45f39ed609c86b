/** A reader of server-sent events, as browsers read them (https://html.spec.whatwg.org/#event-stream-interpretation). */
import { request as httpRequest, type IncomingMessage } from 'node:http'

// biome-ignore lint/suspicious/noExplicitAny: what comes is what the test looks at
export type SseEvent = { id: string; event: string; data: any }

export type SseClient = {
  response: IncomingMessage
  /** What came so far, oldest first. */
  events: SseEvent[]
  /** What stood in comments. */
  comments: string[]
  /** The id to go on from. */
  readonly lastId: string
  /** Resolves with all events when there are as many, or with the others when the stream ended before. */
  until(count: number): Promise<SseEvent[]>
  /** Resolves when `condition` holds after something came, or the stream has ended. */
  when(condition: () => boolean): Promise<void>
  /** Resolves when the stream has ended. */
  ended: Promise<void>
  close(): void
}

export function openEvents(port: number, path: string, headers: Record<string, string>): Promise<SseClient> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, headers, agent: false })
    request.on('error', reject)
    request.on('response', (response) => resolve(read(response)))
    request.end()
  })
}

function read(response: IncomingMessage): SseClient {
  const events: SseEvent[] = []
  const comments: string[] = []
  let lastId = ''
  let rest = ''
  let isOver = false
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const look of waiting) look()
  }
  const take = (block: string): void => {
    const fields: Record<string, string> = {}
    for (const line of block.split('\n')) {
      const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? []
      if (name === '') comments.push(value)
      else fields[name] = value
    }
    lastId = fields.id ?? lastId
    if (fields.data !== undefined)
      events.push({ id: lastId, event: fields.event ?? 'message', data: JSON.parse(fields.data) })
  }
  response.setEncoding('utf8').on('data', (text: string) => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) take(block)
    wake()
  })
  response.on('error', () => undefined)
  const ended = new Promise<void>((resolve) =>
    response.on('close', () => {
      isOver = true
      wake()
      resolve()
    }),
  )
  const when = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!condition() && !isOver) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  return {
    response,
    events,
    comments,
    get lastId() {
      return lastId
    },
    when,
    async until(count) {
      await when(() => events.length >= count)
      return events
    },
    ended,
    close: () => response.destroy(),
  }
}
