/** What a reply says of a failure nobody expected: nothing but a reference (S8). */
import { readdirSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { connect as connectSocket } from 'node:net'
import fc from 'fast-check'
import { parse as parseToml } from 'smol-toml'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { openInMemory } from '../../../../daemon/kernel/db/open.ts'
import { createDispatcher, type Handlers } from '../../../../daemon/kernel/rpc/dispatch.ts'
import { listenOnSocket, type SocketServer } from '../../../../daemon/kernel/rpc/socket-server.ts'
import { validateParams } from '../../../../daemon/kernel/rpc/validate.ts'
import { RawClient, type Reply, request } from '../../../support/raw-client.ts'
import { recordLog } from '../../../support/record-log.ts'
import { useTestDaemon, useTestHome } from '../../../support/test-daemon.ts'

const SECRET = 'canary-hunter2'
const PATH = `/home/someone/${SECRET}/file`
const LOG = '/state/smd.log'

/** Each throws or rejects, as handlers may by mistake; what it says holds the secret in one way or another. */
const failures: Record<string, () => unknown> = {
  Error: () => raise(new Error(SECRET)),
  TypeError: () => raise(new TypeError(SECRET)),
  RangeError: () => raise(new RangeError(SECRET)),
  ReferenceError: () => raise(new ReferenceError(SECRET)),
  EvalError: () => raise(new EvalError(SECRET)),
  'a call of nothing': () => (undefined as never as () => void)(),
  'an endless recursion': function again(): unknown {
    return again() ?? 1
  },
  'a list that is too long': () => new Array(-1),
  'JSON that is none': () => JSON.parse(`{"${SECRET}": ${SECRET}}`),
  'YAML that is none': () => parseYaml(`a: "${SECRET}\n  : [`),
  'TOML that is none': () => parseToml(`token = ${SECRET}`),
  'an address that is none': () => new URL(SECRET),
  'a name that cannot be decoded': () => decodeURIComponent(`%${SECRET}`),
  'a pattern that is none': () => new RegExp(`(${SECRET}`),
  'a schema that does not fit': () => z.object({ [SECRET]: z.string() }).parse({ [SECRET]: 5 }),
  ENOENT: () => readFileSync(PATH),
  ENOTDIR: () => readdirSync('/dev/null/canary'),
  EISDIR: () => readFileSync('/'),
  'ENOENT, later': () => open(PATH),
  'a module that is missing': () => createRequire('/')(`./${SECRET}`),
  'a dynamic import that is missing': () => import(/* @vite-ignore */ `/${SECRET}.ts`),
  'a socket nobody listens on': () => new Promise((_, reject) => connectSocket(PATH).on('error', reject)),
  'SQL that is none': () => openInMemory().allSql(`SELECT ${SECRET.replace('-', '_')}`),
  'a table that is missing': () => openInMemory().allSql('SELECT 1 FROM canary'),
  'a rule of a table': () =>
    openInMemory().runSql(
      'INSERT INTO scan_units (id, kind, path, name) VALUES (1, NULL, ?, ?)',
      PATH,
      SECRET,
    ),
  'a value SQLite cannot take': () => openInMemory().valueSql('SELECT ?', { [SECRET]: 1 } as never),
  'an aborted signal': () => raise(AbortSignal.abort(new Error(SECRET)).reason),
  'a DOMException': () => raise(new DOMException(SECRET, 'AbortError')),
  'several at once': () => Promise.any([Promise.reject(new Error(SECRET))]),
  'a cause': () => raise(new Error('outer', { cause: new Error(SECRET) })),
  'a rejected promise': () => Promise.reject(new Error(SECRET)),
  'an error of a stream': () => raise(Object.assign(new Error(SECRET), { code: 'ERR_STREAM_DESTROYED' })),
  'what looks like an error of JSON-RPC': () =>
    raise(Object.assign(new Error(SECRET), { code: -32_000, data: { secret: SECRET } })),
  'what looks like one of ours': () =>
    raise(Object.assign(new Error(SECRET), { name: 'SmdError', slug: 'internal', details: { log: PATH } })),
  'what encodes itself': () => raise({ toJSON: () => SECRET, toString: () => SECRET }),
  'an error without a stack': () => raise(Object.assign(new Error(SECRET), { stack: undefined })),
  'a text': () => raise(SECRET),
  'a number': () => raise(5),
  nothing: () => raise(undefined),
  null: () => raise(null),
  'a symbol': () => raise(Symbol(SECRET)),
  'a function': () => raise(() => SECRET),
  'a frozen error': () => raise(Object.freeze(new Error(SECRET))),
  'an error that cannot be looked at': () =>
    raise(
      new Proxy(new Error(SECRET), {
        get: () => raise(new Error(`${SECRET} inside`)),
      }),
    ),
  'an error whose text fails': () =>
    raise({
      get stack() {
        throw new Error(SECRET)
      },
      toString: () => raise(new Error(SECRET)),
    }),
}

function raise(what: unknown): never {
  throw what
}

const makeHome = useTestHome()
let server: SocketServer
let client: RawClient
let logged: ReturnType<typeof recordLog>
beforeEach(async () => {
  logged = recordLog()
  const handlers = {
    'daemon.hello': (_: object, __: object, { caller }: { caller: { greeted: boolean } }) => {
      caller.greeted = true
      return {}
    },
    'config.get': (_: object, { key }: { key: string }) => failures[key]?.(),
    'config.list': () => ({ fine: true }),
  }
  const dispatcher = createDispatcher({}, handlers as unknown as Handlers<object>, {
    validate: validateParams,
    log: logged.log,
    logFile: LOG,
  })
  const path = `${makeHome().home}/s`
  server = await listenOnSocket(path, dispatcher, { logFile: LOG })
  client = new RawClient(path)
  client.greet()
  await client.until(1)
})
afterEach(async () => {
  client.socket.destroy()
  await server.close()
})

describe('a failure nobody expected (S8)', () => {
  it('comes in more than 40 kinds here', () => {
    expect(Object.keys(failures).length).toBeGreaterThan(40)
  })

  it.each(Object.keys(failures))('%s: the reply is a code, a sentence and a reference', async (kind) => {
    client.send(request(1, 'config.get', { key: kind }), request(2, 'config.list'))
    const replies = await client.until(3)
    const reply = replies.find(({ id }) => id === 1) as Reply & { error: { message: string; data: object } }
    expect(replies.find(({ id }) => id === 2)).toMatchObject({ result: { fine: true } })
    const { code, message, data } = reply.error
    if (code === -32_603) {
      const details = logged.lines.filter((line) => line.message === 'request failed')
      expect(details).toHaveLength(1)
      const reference = details[0]?.reference as string
      expect(reference).toMatch(/^[0-9a-f]{8}$/)
      expect(message).toBe(`Something failed inside smd (reference ${reference}).`)
      expect(data).toMatchObject({ slug: 'internal' })
    } else {
      // Failures of the database are expected ones.
      expect(kind).toMatch(/SQL|table/)
      expect((data as { slug: string }).slug).toMatch(/^cache\./)
    }
    expectHarmless(reply)
  })
})

/** Neither the secret, nor a path but that of the log, nor where in the code it happened. */
function expectHarmless(reply: unknown, allowed: readonly string[] = [LOG]): void {
  let text = JSON.stringify(reply)
  for (const path of allowed) text = text.replaceAll(JSON.stringify(path).slice(1, -1), '')
  expect(text).not.toMatch(/canary|hunter2/)
  expect(text).not.toMatch(/\bat \S+ \(|node:|node_modules|\.[cm]?[jt]s\b|\\n\s+at /)
  expect(text).not.toMatch(/(?<![\w:/])\/(home|etc|usr|var|tmp|dev|root|state|proc)\//)
}

describe('the replies of every method (S8)', () => {
  const start = useTestDaemon()

  it('name no path that is not in the request, and nothing of what is in the files', async () => {
    const { dispatcher, around, home } = await start({
      prepare({ write }) {
        write('.smd/config/config.toml', `[cache]\nttl_minutes = "${SECRET}"\n[${SECRET}\n`)
        write('src/p/.claude/settings.json', `{"env": {"KEY": "${SECRET}"},,}`)
        write('src/p/.claude/skills/a/SKILL.md', `---\nname: "${SECRET}\n---\n`)
      },
      env: { ANTHROPIC_API_KEY: SECRET },
    })
    // Which these methods are there to tell.
    const own = [around.paths.logFile, around.paths.configFile]
    const { methods } = await import('../../../../protocol/methods.ts')
    const text = fc.oneof(fc.string(), fc.constantFrom('..', '/', '\0', '~', 'a'.repeat(300), '%', "'", '*'))
    const value = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.array(text))
    const names = [
      'project',
      'path',
      'name',
      'key',
      'value',
      'cursor',
      'limit',
      'query',
      'type',
      'scope',
      'force',
    ]
    const params = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 4 })
    const caller = {
      name: 'test',
      scope: 'admin' as const,
      greeted: true,
      open: new Map(),
      gone: new AbortController().signal,
      notify: () => false,
      taken: async () => undefined,
    }
    // One ends the daemon, one is answered when its caller goes.
    const harmless = Object.keys(methods).filter((name) => !['daemon.stop', 'logs.follow'].includes(name))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...harmless), params, async (method, given) => {
        const reply = await dispatcher.answer({ jsonrpc: '2.0', id: 1, method, params: given }, caller)
        const { error } = reply as { error?: { code: number } }
        if (!error) return
        expect(error.code).not.toBe(-32_603)
        const asked = Object.values(given)
          .flat()
          .filter((part) => typeof part === 'string')
        expectHarmless(error, [...own, ...asked])
        const about = JSON.stringify(error)
        // To forget a project is to write the settings.
        for (const path of own)
          if (about.includes(path)) expect(method).toMatch(/^config\.|^projects\.(add|remove)$/)
        expect(own.reduce((rest, path) => rest.replaceAll(path, ''), about)).not.toContain(home)
      }),
      { numRuns: 1_500, examples: [['projects.remove', { project: 'p' }]] },
    )
  })
})
