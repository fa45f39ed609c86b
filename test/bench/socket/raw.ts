/** Sockets without any protocol, for the floors. */
import { connect, type Socket } from 'node:net'

/** Sends bytes and waits for as many of the answer as are due. */
export type Raw = { exchange(request: Buffer, answerBytes: number): Promise<void>; close(): void }

export async function openRaw(path: string): Promise<Raw> {
  const socket: Socket = connect(path)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  let missing = 0
  let done: () => void = () => undefined
  socket.on('data', (chunk: Buffer) => {
    missing -= chunk.length
    if (missing <= 0) done()
  })
  return {
    exchange: (request, answerBytes) =>
      new Promise((resolve) => {
        missing = answerBytes
        done = resolve
        socket.write(request)
      }),
    close: () => void socket.destroy(),
  }
}

/** Microseconds that `work` takes. */
export async function timed(work: () => unknown): Promise<number> {
  const start = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - start) / 1e3
}
