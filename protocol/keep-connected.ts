/** Talks to the daemon over one connection after the other; for what goes on for longer than a daemon lives. */
import { SmdError } from './errors.ts'

export type KeepOptions<Connection> = {
  /** Makes a connection that has greeted, or is about to. */
  open(): Promise<Connection>
  /** The connection was lost, or could not be made; it is tried again after a pause. */
  onLost(reason: SmdError): void
  /** Waits for so many ms. */
  wait(ms: number): Promise<unknown>
  /** Ends it. */
  signal?: AbortSignal | undefined
}

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1_000

/** Failures that pass: the daemon ends, is started again, or is busy. */
const passing: readonly string[] = ['daemon.unavailable', 'daemon.stopping', 'daemon.timeout']

/**
 * Hands each connection to `use`, which never returns and fails when the connection breaks; `cameThrough` tells that
 * something came, so that the next pause is short again. Goes on until `signal` ends it or something fails that will not
 * pass: that is thrown.
 */
export async function keepConnected<Connection extends { close(): void }>(
  { open, onLost, wait, signal }: KeepOptions<Connection>,
  use: (connection: Connection, cameThrough: () => void) => Promise<never>,
): Promise<void> {
  let failures = 0
  const cameThrough = (): void => {
    failures = 0
  }
  while (!signal?.aborted) {
    try {
      const connection = await open()
      await use(connection, cameThrough).finally(() => connection.close())
    } catch (error) {
      if (signal?.aborted) return
      if (!(error instanceof SmdError) || !passing.includes(error.slug)) throw error
      onLost(error)
    }
    await wait(Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS))
  }
}
