/** The REST interface of a daemon inside the test, on a port of its own, with a token for each scope. */
import { onTestFinished } from 'vitest'
import { writeSampleHome } from '../../client-cli/demo/sample-home.ts'
import { serveHttp } from '../../daemon/http.ts'
import { ensurePrivateFolder } from '../../daemon/kernel/fs/private-folder.ts'
import { createGate, type Gate } from '../../daemon/kernel/rpc/gate.ts'
import { type AccessScope, accessScopes } from '../../protocol/vocabulary.ts'
import { type Answer, type AskOptions, ask } from './http-lab.ts'
import { type TestDaemon, type TestOptions, useTestDaemon } from './test-daemon.ts'

export type RestLab = {
  daemon: TestDaemon
  /** Through which every request goes. */
  gate: Gate
  port: number
  /** Texts of tokens. */
  tokens: Record<AccessScope, string>
  /** Asks with the token of a scope; with `null` without any. */
  ask(path: string, scope?: AccessScope | null, options?: AskOptions): Promise<Answer>
  /** As `ask`, and the body as a value. */
  json(path: string, scope?: AccessScope | null, options?: AskOptions): Promise<RestAnswer>
  post(path: string, body: unknown, scope?: AccessScope | null): Promise<RestAnswer>
  /** Asks with a method and a body in JSON, if there is one. */
  send(method: string, path: string, body?: unknown, scope?: AccessScope | null): Promise<RestAnswer>
}

// biome-ignore lint/suspicious/noExplicitAny: what comes is what the test looks at
export type RestAnswer = Omit<Answer, 'body'> & { body: any }

/** Starts daemons that serve HTTP until the test is over; with the sample as their home unless told otherwise. */
export function useRestLab(): (options?: TestOptions) => Promise<RestLab> {
  const start = useTestDaemon()
  return async (options = { prepare: ({ home }) => void writeSampleHome(home) }) => {
    const daemon = await start({ ...options, env: { SMD_WEB_PORT: '0', ...options.env } })
    const { stateDir, runtimeDir } = daemon.ctx.paths
    // The daemon's process does that before anything else.
    for (const folder of [stateDir, runtimeDir]) ensurePrivateFolder(folder, process.getuid?.() ?? null)
    const gate = createGate(daemon.dispatcher, daemon.ctx.now)
    const service = await serveHttp(daemon.ctx, gate, () => undefined)
    onTestFinished(() => service.end())
    const port = Number(new URL(daemon.ctx.web.url ?? '').port)
    const made = await Promise.all(
      accessScopes.map((scope) => daemon.call('tokens.create', { name: scope, scope })),
    )
    const tokens = Object.fromEntries(made.map(({ scope, token }) => [scope, token])) as RestLab['tokens']
    const asked: RestLab['ask'] = (path, scope = 'read', { headers = {}, ...rest } = {}) =>
      ask(port, path, {
        ...rest,
        headers: { ...(scope && { authorization: `Bearer ${tokens[scope]}` }), ...headers },
      })
    const json: RestLab['json'] = async (...args) => {
      const answer = await asked(...args)
      return { ...answer, body: answer.body === '' ? null : JSON.parse(answer.body) }
    }
    const send: RestLab['send'] = (method, path, body, scope = 'write') =>
      json(path, scope, {
        method,
        ...(body !== undefined && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      })
    return {
      daemon,
      gate,
      port,
      tokens,
      ask: asked,
      json,
      post: (path, body, scope) => send('POST', path, body, scope),
      send,
    }
  }
}
