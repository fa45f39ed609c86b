/** A client of the socket without manners: for what well-behaved clients never send. */
import { createConnection, type Socket } from 'node:net'

export type Reply = {
  id: number | string | null
  result?: unknown
  error?: { code: number; data: { slug: string } }
}

/** A client that sends bytes as it likes and reads lines. */
export class RawClient {
  readonly socket: Socket
  readonly replies: Reply[] = []
  readonly ended: Promise<void>
  #text = ''
  #over = false
  #waiting: Array<() => void> = []

  constructor(path: string) {
    this.socket = createConnection({ path, allowHalfOpen: true })
    this.socket.on('data', (chunk) => {
      this.#text += chunk.toString()
      const lines = this.#text.split('\n')
      this.#text = lines.pop() ?? ''
      for (const line of lines) this.replies.push(JSON.parse(line))
      for (const wake of this.#waiting.splice(0)) wake()
    })
    this.socket.on('error', () => undefined)
    this.ended = new Promise((resolve) => {
      this.socket.on('end', () => {
        this.#over = true
        this.socket.end()
        resolve()
      })
      this.socket.on('close', () => {
        this.#over = true
        resolve()
      })
    })
  }

  /** What came after the last line end. */
  get rest(): string {
    return this.#text
  }

  send(...messages: unknown[]): void {
    this.socket.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(''))
  }

  greet(client = 'test'): void {
    this.send(request('hello', 'daemon.hello', { protocol: { min: 1, max: 1 }, client }))
  }

  /** Resolves when `count` replies have come. */
  async until(count: number): Promise<Reply[]> {
    while (this.replies.length < count) {
      if (this.#over) throw new Error(`ended after ${this.replies.length} replies`)
      await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), this.ended])
    }
    return this.replies
  }
}

export const request = (id: number | string, method: string, params: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
})
