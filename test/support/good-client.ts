/** A client with manners, by whose answers one sees whether it suffers from those without. */
import { isDeepStrictEqual } from 'node:util'
import { connect } from '../../client-cli/connect.ts'
import type { Call } from '../../protocol/client.ts'

/**
 * Asks the daemon the same questions over and over, through one connection, until `work` is done. Every answer has to
 * be what it was before. Returns what `work` returns, and how many rounds there were meanwhile (one follows).
 */
export async function servedDuring<Result>(
  socket: string,
  work: (served: { rounds(more: number): Promise<void> }) => Promise<Result>,
): Promise<{ result: Result; rounds: number }> {
  const connection = connect(socket, undefined)
  let rounds = 0
  let over = false
  const waiting: Array<{ at: number; wake(): void }> = []
  try {
    const before = await ask(connection.call)
    const asking = (async () => {
      while (!over) {
        await check(connection.call, before)
        rounds++
        for (const { wake } of waiting.filter(({ at }) => at <= rounds)) wake()
      }
    })()
    // `work` may wait for rounds that never come.
    const failed = asking.then(() => new Promise<never>(() => undefined))
    const working = work({
      rounds: (more) => new Promise((wake) => waiting.push({ at: rounds + more, wake })),
    })
    const result = await Promise.race([working, failed]).finally(() => {
      over = true
    })
    await asking
    await check(connection.call, before)
    return { result, rounds }
  } finally {
    connection.close()
  }
}

async function ask(call: Call): Promise<unknown[]> {
  const { pid, instance, health } = await call('daemon.status', {})
  const list = await call('artifacts.list', { limit: 5 })
  const found = await call('artifacts.search', { query: 'review' })
  return [{ pid, instance, health }, list, found]
}

async function check(call: Call, before: unknown[]): Promise<void> {
  const now = await ask(call)
  if (isDeepStrictEqual(now, before)) return
  throw new Error(`answered differently: ${JSON.stringify(now)} instead of ${JSON.stringify(before)}`)
}
