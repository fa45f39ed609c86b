import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { composeDaemon } from '../../../../daemon/compose.ts'
import { writeAnswer } from '../../../../daemon/domains/cache/answers.ts'
import { openForWriting, openInMemory } from '../../../../daemon/kernel/db/open.ts'
import { type AnswerStore, createOnce, type KeptAnswer } from '../../../../daemon/kernel/rpc/idempotency.ts'
import type { RawJson } from '../../../../daemon/kernel/rpc/raw-json.ts'
import { localCaller } from '../../../../daemon/kernel/rpc/request.ts'
import { KEY_LIFETIME_MS, MAX_KEY_CHARACTERS } from '../../../../protocol/version.ts'
import { recordLog } from '../../../support/record-log.ts'
import { skill, type TestDaemon, useTestDaemon, useTestHome } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const makeHome = useTestHome()

/** As a client sends it: the key is no part of the typed parameters. */
const call = (daemon: TestDaemon, method: string, params: object): Promise<Record<string, unknown>> =>
  daemon.dispatcher.call(method as 'config.set', params) as never
/** Which file it is and when it was written: each write makes another one. */
const identity = (file: string): string => {
  const { ino, mtimeNs } = statSync(file, { bigint: true })
  return `${ino} ${mtimeNs}`
}

describe('a command with a key (D10)', () => {
  it('is carried out once and answered alike, byte for byte', async () => {
    const daemon = await start()
    const folder = join(daemon.home, 'elsewhere')
    daemon.write('elsewhere/.claude/skills/a/SKILL.md', skill('a'))
    const request = (id: number) => ({
      jsonrpc: '2.0',
      id,
      method: 'projects.add',
      params: { path: folder, _meta: { idempotencyKey: 'k1' } },
    })
    const caller = localCaller('test')
    const text = async (id: number): Promise<string> => {
      const reply = await daemon.dispatcher.answer(request(id), caller)
      return ((reply as { result: unknown }).result as RawJson).toText()
    }
    const first = await text(1)
    const written = identity(daemon.ctx.paths.configFile)
    daemon.clock.now += 60_000
    expect(await text(2)).toBe(first)
    expect(JSON.parse(first)).toMatchObject({ added: true })
    expect(identity(daemon.ctx.paths.configFile)).toBe(written)
    // Without the key it is another command.
    expect(await call(daemon, 'projects.add', { path: folder })).toMatchObject({ added: false })
  })

  it('is carried out once when it arrives many times at once', async () => {
    const daemon = await start()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        call(daemon, 'config.set', { key: 'cache.ttl_minutes', value: '5', _meta: { idempotencyKey: 'k' } }),
      ),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(daemon.ctx.db.valueSql('SELECT count(*) FROM answers')).toBe(1)
  })

  it('does not bring back an old value when it is repeated after another change', async () => {
    const daemon = await start()
    const set = { key: 'cache.ttl_minutes', value: '5', _meta: { idempotencyKey: 'k' } }
    const first = await call(daemon, 'config.set', set)
    await call(daemon, 'config.set', { key: 'cache.ttl_minutes', value: '9' })
    expect(await call(daemon, 'config.set', set)).toEqual(first)
    expect(readFileSync(daemon.ctx.paths.configFile, 'utf8')).toContain('ttl_minutes = 9')
  })

  it('is refused when the key belongs to another method or other parameters, and changes nothing', async () => {
    const daemon = await start()
    await call(daemon, 'config.set', { key: 'cache.ttl_minutes', value: '5', _meta: { idempotencyKey: 'k' } })
    const written = identity(daemon.ctx.paths.configFile)
    const others = [
      ['config.set', { key: 'cache.ttl_minutes', value: '6' }],
      ['config.set', { key: 'scan.workers', value: '5' }],
      ['config.unset', { key: 'cache.ttl_minutes' }],
      ['cache.clear', {}],
    ] as const
    for (const [method, params] of others) {
      await expect(call(daemon, method, { ...params, _meta: { idempotencyKey: 'k' } })).rejects.toMatchObject(
        {
          slug: 'protocol.key_reused',
          details: { key: 'k' },
        },
      )
    }
    expect(identity(daemon.ctx.paths.configFile)).toBe(written)
    const swapped = { _meta: { idempotencyKey: 'k' }, value: '5', key: 'cache.ttl_minutes' }
    expect(await call(daemon, 'config.set', swapped)).toMatchObject({ value: 5 })
  })

  it('is refused beside one under way with other parameters, too', async () => {
    const daemon = await start()
    const set = (value: string) =>
      call(daemon, 'config.set', { key: 'cache.ttl_minutes', value, _meta: { idempotencyKey: 'k' } })
    const [first, second] = await Promise.allSettled([set('5'), set('6')])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({ status: 'rejected', reason: { slug: 'protocol.key_reused' } })
  })

  it('may be repeated after it failed', async () => {
    const daemon = await start()
    daemon.write('.smd/config/config.toml', 'not = = toml')
    const set = { key: 'cache.ttl_minutes', value: '5', _meta: { idempotencyKey: 'k' } }
    await expect(call(daemon, 'config.set', set)).rejects.toMatchObject({ slug: 'config.syntax' })
    daemon.write('.smd/config/config.toml', '')
    expect(await call(daemon, 'config.set', set)).toMatchObject({ value: 5 })
  })

  it('is not given up with its caller: whoever cancelled may ask again for the answer', async () => {
    const daemon = await start()
    const caller = localCaller('test')
    const request = (id: number) => ({
      jsonrpc: '2.0',
      id,
      method: 'config.set',
      params: { key: 'cache.ttl_minutes', value: '5', _meta: { idempotencyKey: 'k' } },
    })
    const first = daemon.dispatcher.answer(request(1), caller)
    await daemon.dispatcher.answer({ jsonrpc: '2.0', method: '$/cancel', params: { id: 1 } }, caller)
    expect(await first).toMatchObject({ error: { data: { slug: 'request.cancelled' } } })
    const second = (await daemon.dispatcher.answer(request(2), caller)) as { result: RawJson }
    expect(JSON.parse(second.result.toText())).toMatchObject({ value: 5 })
    expect(daemon.ctx.db.valueSql('SELECT count(*) FROM answers')).toBe(1)
  })

  it('that cannot be repeated is kept with its effect, should the daemon end right after it', async () => {
    const daemon = await start({
      prepare: ({ write }) => write('projects/shop/.claude/skills/a/SKILL.md', skill('a')),
    })
    await daemon.call('cache.refresh', {})
    const { engine } = daemon.ctx
    const write = engine.write.bind(engine)
    engine.write = async (name, params) => {
      if (name === 'keepAnswer') throw new Error('the daemon ended')
      return write(name, params)
    }
    const remove = () => call(daemon, 'projects.remove', { project: 'shop', _meta: { idempotencyKey: 'k' } })
    const first = await remove()
    expect(first).toMatchObject({ removedArtifacts: 1 })
    expect(await remove()).toEqual(first)
    await expect(call(daemon, 'projects.remove', { project: 'shop' })).rejects.toMatchObject({
      slug: 'project.not_found',
    })
  })

  it('is forgotten after 24 hours, and not before', async () => {
    const daemon = await start()
    const set = { key: 'cache.ttl_minutes', value: '5', _meta: { idempotencyKey: 'k' } }
    await call(daemon, 'config.set', set)
    await call(daemon, 'config.set', { key: 'cache.ttl_minutes', value: '9' })
    const value = async () => (await call(daemon, 'config.get', { key: 'cache.ttl_minutes' })).value
    daemon.clock.now += KEY_LIFETIME_MS - 1
    await call(daemon, 'config.set', set)
    expect(await value()).toBe(9)
    daemon.clock.now += 1
    await call(daemon, 'config.set', set)
    expect(await value()).toBe(5)
    await call(daemon, 'cache.invalidate', { _meta: { idempotencyKey: 'other' } })
    daemon.clock.now += KEY_LIFETIME_MS
    await call(daemon, 'cache.invalidate', { _meta: { idempotencyKey: 'third' } })
    expect(daemon.ctx.db.allSql('SELECT key FROM answers')).toEqual([{ key: 'third' }])
  })

  it('keeps its answer when the cache is emptied', async () => {
    const daemon = await start()
    const clear = () => call(daemon, 'cache.clear', { _meta: { idempotencyKey: 'k' } })
    const first = await clear()
    await call(daemon, 'cache.refresh', { force: true })
    await call(daemon, 'cache.clear', {})
    expect(await clear()).toEqual(first)
  })

  it.each([[''], ['x'.repeat(MAX_KEY_CHARACTERS + 1)], [7], [null], [{}]])(
    'refuses the key %j',
    async (key) => {
      const daemon = await start()
      await expect(
        call(daemon, 'cache.invalidate', { _meta: { idempotencyKey: key } }),
      ).rejects.toMatchObject({
        slug: 'rpc.invalid_params',
      })
      expect(
        await call(daemon, 'cache.invalidate', { _meta: { idempotencyKey: 'x'.repeat(MAX_KEY_CHARACTERS) } }),
      ).toEqual({
        invalidatedCount: 0,
      })
    },
  )

  it('means nothing to a query', async () => {
    const daemon = await start()
    const list = (limit: number) => call(daemon, 'projects.list', { limit, _meta: { idempotencyKey: 'k' } })
    expect(await list(1)).toEqual(await list(2))
    expect(daemon.ctx.db.valueSql('SELECT count(*) FROM answers')).toBe(0)
  })

  it('is answered by a daemon started since, over threads and a real file', async () => {
    const home = makeHome()
    const set = { key: 'cache.ttl_minutes', value: '5', _meta: { idempotencyKey: 'k' } }
    const once = async () => {
      const daemon = await composeDaemon(home.around)
      try {
        return await daemon.dispatcher.call('config.set', set)
      } finally {
        await daemon.close()
      }
    }
    const first = await once()
    const written = identity(home.around.paths.configFile)
    expect(await once()).toEqual(first)
    expect(identity(home.around.paths.configFile)).toBe(written)
  })
})

describe('createOnce', () => {
  const broken: AnswerStore = {
    find: () => {
      throw new Error('no table')
    },
    keep: () => Promise.reject(new Error('disk full')),
  }

  it('answers also when answers can be neither read nor kept, and says so in the log', async () => {
    const { log, lines } = recordLog()
    const once = createOnce({ store: broken, now: () => 1, log })
    const answer = await once('cache.invalidate', 'k', {}, () => ({
      invalidatedCount: 3,
    }))
    expect((answer as RawJson).toText()).toBe('{"invalidatedCount":3}')
    expect(lines.map(({ message }) => message)).toEqual([
      'kept answers cannot be read',
      'an answer could not be kept',
    ])
  })

  it('takes a nested object with its members in any order for the same request', async () => {
    const kept = new Map<string, KeptAnswer>()
    const store: AnswerStore = {
      find: (key) => kept.get(key),
      keep: async (key, answer) => void kept.set(key, answer),
    }
    const once = createOnce({ store, now: () => 1, log: recordLog().log })
    let runs = 0
    const run = () => ++runs
    for (const parsed of [
      { a: { x: 1, y: [2] }, b: 3 },
      { b: 3, a: { y: [2], x: 1 } },
    ])
      await once('cache.refresh', 'k', parsed, run)
    expect(runs).toBe(1)
    await expect(once('cache.refresh', 'k', { a: { x: 1, y: [2, 2] }, b: 3 }, run)).rejects.toMatchObject({
      slug: 'protocol.key_reused',
    })
  })
})

describe('writeAnswer', () => {
  const answer = { key: 'k', requestHash: Buffer.alloc(32), result: '{}', at: 1 }

  it('waits for the disk, unlike what can be read again (D1)', () => {
    const db = openInMemory()
    db.pragma('synchronous = NORMAL')
    db.exec(`CREATE TEMP TABLE seen (level INTEGER);
      CREATE TEMP TRIGGER watch AFTER INSERT ON main.answers
      BEGIN INSERT INTO seen SELECT synchronous FROM pragma_synchronous; END`)
    writeAnswer(db, answer)
    expect(db.allSql('SELECT level FROM seen')).toEqual([{ level: 2 }])
    expect(db.pragma('synchronous')).toBe(1)
    expect(() => writeAnswer(db, { ...answer, requestHash: Buffer.alloc(3) })).toThrow()
    expect(db.pragma('synchronous')).toBe(1)
    db.close()
  })

  it('replaces what has expired under the same key', () => {
    const file = join(makeHome().home, 'cache.db')
    const db = openForWriting(file)
    writeAnswer(db, answer)
    writeAnswer(db, { ...answer, result: '{"b":1}', at: 2 })
    expect(db.allSql('SELECT result, at FROM answers')).toEqual([{ result: '{"b":1}', at: 2 }])
    db.close()
  })
})
