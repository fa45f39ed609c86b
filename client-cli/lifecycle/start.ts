import { setTimeout as wait } from 'node:timers/promises'
import type { Paths } from '../../daemon/kernel/config/paths.ts'
import { ensurePrivateFolder } from '../../daemon/kernel/fs/private-folder.ts'
import { fateOf, readRegistration } from '../../daemon/kernel/service/registration.ts'
import { SmdError } from '../../protocol/errors.ts'
import type { Connection } from '../connect.ts'
import { connectToRunning } from '../session.ts'
import { launch } from './launch.ts'
import { claimStart, isClaimed } from './start-claim.ts'
import { startHold } from './start-hold.ts'

/**
 * How long a start may take until somebody answers (daemon spec L2). Counted anew when the daemon has registered itself:
 * then it is alive, and the machine slow.
 */
const START_MS = 5_000
/** How long nobody may hold the registration before the one that ran is taken for gone. */
const GONE_MS = 300
/** How long whoever listens may take to greet before it is asked again. */
const GREETING_MS = 2_000

/**
 * Starts the daemon in the background and returns when one answers. When several clients want one at once, one of them
 * starts it and the others wait for that; when one is just ending, the next is started after it.
 * Errors: why it did not start, in its own words; `daemon.start_failed` with the end of the log when it just died, or
 * when nobody answered in time; `daemon.crash_loop` when others tried meanwhile and failed too often.
 */
export async function startDaemon(paths: Paths, env: NodeJS.ProcessEnv): Promise<{ started: boolean }> {
  ensurePrivateFolder(paths.stateDir, process.getuid?.() ?? null)
  const deadline = createDeadline(paths)
  for (;;) {
    if (deadline.left() <= 0) throw slow(paths, null)
    const release = claimStart(paths)
    if (release) {
      try {
        const outcome = await startOwn(paths, env, deadline)
        if (outcome !== 'another runs') return { started: outcome === 'started' }
      } finally {
        release()
      }
      if ((await untilItListensOrIsGone(paths, deadline)) === 'listens') return { started: false }
    } else if ((await untilItListensOrIsFree(paths)) === 'listens') return { started: false }
    const hold = startHold(paths)
    if (hold) throw hold
  }
}

/** One process of our own; whoever listens first is good for us, too. */
async function startOwn(
  paths: Paths,
  env: NodeJS.ProcessEnv,
  deadline: Deadline,
): Promise<'started' | 'served' | 'another runs'> {
  const { pid, outcome, forget } = launch(paths, env)
  const polled = pollUntilListening(paths, deadline)
  const first = await Promise.race([outcome, polled.listening])
  polled.stop()
  forget()
  if (first === 'serves') return 'started'
  if (first === 'listens') return readRegistration(paths.registrationFile)?.pid === pid ? 'started' : 'served'
  if (first === 'late') throw slow(paths, pid)
  if (first instanceof SmdError) throw first
  return first
}

/** Ms that are left, by the monotonic clock. */
type Deadline = { left(): number }

function createDeadline({ registrationFile }: Paths): Deadline {
  let end = performance.now() + START_MS
  let prolonged = false
  return {
    left() {
      const left = end - performance.now()
      if (left > 0 || prolonged) return left
      const registered = readRegistration(registrationFile)
      if (registered?.state !== 'starting' || fateOf(registered) !== 'alive') return left
      prolonged = true
      end += START_MS
      return end - performance.now()
    },
  }
}

/** Tries to connect now and then; `late` when the deadline passes before. */
function pollUntilListening(
  paths: Paths,
  deadline: Deadline,
): { listening: Promise<'listens' | 'late'>; stop(): void } {
  const over = new AbortController()
  const poll = async (): Promise<'listens' | 'late'> => {
    // The report of a start that goes well comes before the first try.
    for (let pause = 200; ; pause = Math.min(pause * 1.5, 500)) {
      const left = deadline.left()
      if (left <= 0) return 'late'
      await wait(Math.min(pause, left), undefined, { signal: over.signal })
      if (await listens(paths)) return 'listens'
    }
  }
  const listening = poll()
  // Ended by `stop`, when nobody waits for it any more.
  listening.catch(() => undefined)
  return { listening, stop: () => over.abort() }
}

/** For when another process holds the lock. */
async function untilItListensOrIsGone(paths: Paths, deadline: Deadline): Promise<'listens' | 'gone'> {
  let goneSince: number | null = null
  for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
    if (await listens(paths)) return 'listens'
    const now = performance.now()
    const registered = readRegistration(paths.registrationFile)
    const fate = registered && fateOf(registered)
    if (fate === 'alive' || fate === 'unknown') goneSince = null
    else goneSince ??= now
    if (goneSince !== null && now - goneSince > GONE_MS) return 'gone'
    if (deadline.left() <= 0) {
      if (registered?.state === 'stopping') throw new SmdError('daemon.stopping')
      throw slow(paths, registered?.pid ?? null)
    }
    await wait(pause)
  }
}

/**
 * For when another client starts the daemon: `free` when it gave up. No deadline of our own: that one has one, and on a
 * machine so busy that ours passes before, trying ourselves would make it no better.
 */
async function untilItListensOrIsFree(paths: Paths): Promise<'listens' | 'free'> {
  for (let pause = 50; ; pause = Math.min(pause * 1.5, 300)) {
    await wait(pause)
    if (await listens(paths)) return 'listens'
    if (!isClaimed(paths)) return (await listens(paths)) ? 'listens' : 'free'
  }
}

/** Whether somebody greets as smd does; of another version counts, too. */
async function listens(paths: Paths): Promise<boolean> {
  let connection: Connection | null = null
  try {
    connection = await connectToRunning(paths)
    return await Promise.race([
      connection.greeting.then(() => true),
      wait(GREETING_MS, false, { ref: false }),
    ])
  } catch (error) {
    if (!(error instanceof SmdError)) throw error
    if (error.slug === 'daemon.not_allowed') throw error
    return error.slug === 'protocol.version'
  } finally {
    connection?.close()
  }
}

function slow(paths: Paths, pid: number | null): SmdError {
  const who = pid === null ? '' : ` (pid ${pid})`
  const reason = `it did not answer within ${START_MS / 1000} s${who}. Ask again in a moment, or end it: smd stop --force`
  return new SmdError('daemon.start_failed', { reason, log: paths.logFile })
}
