import type { ArgSpecs, ArgsOf, Command, CommandContext } from '../../client-cli/command.ts'
import { createIo } from '../../client-cli/io.ts'
import { resolvePaths } from '../../daemon/kernel/config/paths.ts'
import type { Call, Notification } from '../../protocol/client.ts'
import { SmdError } from '../../protocol/errors.ts'
import type { MethodName, ParamsOf, ResultOf } from '../../protocol/methods.ts'
import { type FakeTerminal, fakeTerminal } from './fake-terminal.ts'

/** What the daemon would answer; a function sees the parameters. */
export type Answers = {
  [Name in MethodName]?:
    | ResultOf<Name>
    | SmdError
    | ((params: ParamsOf<Name>) => ResultOf<Name> | Promise<ResultOf<Name>>)
}

export type FakeRun = {
  terminal: FakeTerminal
  calls: Array<[method: string, params: unknown]>
  /** Sends something unasked. */
  notify(notification: Notification): void
  done: Promise<number>
}

/** Runs a command in this process, with a client that gives these answers. Failures reject. */
export function runWithFakeClient<Specs extends ArgSpecs>(
  command: Command<Specs>,
  args: ArgsOf<Specs>,
  answers: Answers,
  { json = false, tty = false, cwd = '/home/me' }: { json?: boolean; tty?: boolean; cwd?: string } = {},
): FakeRun {
  const terminal = fakeTerminal({ tty })
  const calls: FakeRun['calls'] = []
  const call: Call = async (method, params) => {
    calls.push([method, params])
    const answer: unknown = answers[method]
    if (answer instanceof SmdError) throw answer
    if (answer === undefined) throw new Error(`nobody expected ${method}`)
    return (typeof answer === 'function' ? answer(params) : answer) as never
  }
  const listeners = new Set<(notification: Notification) => void>()
  const env = {}
  const ctx: CommandContext = {
    call,
    onNotification(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    io: createIo(terminal.process, { json, env }),
    paths: resolvePaths(env, process.platform, '/home/me', null, () => cwd),
    env,
    cwd,
    spawn: true,
  }
  const done = Promise.resolve(command.run(ctx, args)).then((code) => code ?? 0)
  const notify = (notification: Notification): void => {
    for (const listener of listeners) listener(notification)
  }
  return { terminal, calls, notify, done }
}
