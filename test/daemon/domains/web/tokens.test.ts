import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { composeDaemon } from '../../../../daemon/compose.ts'
import { tokenSource } from '../../../../daemon/domains/web/token-identity.ts'
import type { Proof } from '../../../../daemon/kernel/http/identity.ts'
import { accessScopes } from '../../../../protocol/vocabulary.ts'
import { type TestDaemon, useTestDaemon, useTestHome } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const makeHome = useTestHome()
const DAY = 86_400_000

const bearer = (text: string | null): Proof => ({ cookie: () => null, bearer: text })
const visitorOf = ({ ctx }: TestDaemon, text: string | null) => tokenSource(ctx.tokens)(bearer(text))
const fileOf = ({ ctx }: TestDaemon): string => ctx.paths.tokensFile
const kept = (daemon: TestDaemon): { tokens: Array<Record<string, unknown>> } =>
  JSON.parse(readFileSync(fileOf(daemon), 'utf8'))

describe('tokens.create', () => {
  it('makes a token that lets in, and keeps nothing of it but its hash (S6)', async () => {
    const daemon = await start()
    const made = await daemon.call('tokens.create', { name: ' nightly ', scope: 'write' })
    expect(made.token).toMatch(/^smd_[A-Za-z0-9_-]{43}$/)
    expect(made).toEqual({
      id: made.token.slice(0, 10),
      name: 'nightly',
      scope: 'write',
      createdAt: daemon.clock.now,
      expiresAt: daemon.clock.now + 90 * DAY,
      lastUsedAt: null,
      token: made.token,
    })
    const stored = readFileSync(fileOf(daemon), 'utf8')
    expect(stored).not.toContain(made.token.slice(10))
    expect(stored).toMatch(/"sha256": "[0-9a-f]{64}"/)
    expect(statSync(fileOf(daemon)).mode & 0o777).toBe(0o600)
    expect(JSON.stringify(daemon.log)).not.toContain(made.token.slice(10))
    expect(visitorOf(daemon, made.token)).toMatchObject({
      kind: 'token',
      name: 'token nightly',
      scope: 'write',
      expiresAt: made.expiresAt,
    })
  })

  it('makes one that may only look and lasts 90 days, unless it is told otherwise', async () => {
    const daemon = await start()
    const usual = await daemon.call('tokens.create', { name: 'usual' })
    expect(usual).toMatchObject({ scope: 'read', expiresAt: daemon.clock.now + 90 * DAY })
    expect(await daemon.call('tokens.create', { name: 'endless', days: 0 })).toMatchObject({
      expiresAt: null,
    })
  })

  it('refuses a name that is in use, and takes that of a token that has expired', async () => {
    const daemon = await start()
    const old = await daemon.call('tokens.create', { name: 'ci', days: 1 })
    const again = daemon.call('tokens.create', { name: 'ci' })
    await expect(again).rejects.toMatchObject({ slug: 'token.exists' })
    daemon.clock.now += DAY
    const fresh = await daemon.call('tokens.create', { name: 'ci' })
    expect((await daemon.call('tokens.list', {})).items.map(({ id }) => id)).toEqual([fresh.id])
    expect(visitorOf(daemon, old.token)).toBeNull()
  })

  it('makes as many as are asked for at the same time', async () => {
    const daemon = await start()
    const names = Array.from({ length: 20 }, (_, i) => `t${i}`)
    const made = await Promise.all(names.map((name) => daemon.call('tokens.create', { name })))
    expect(new Set(made.map(({ token }) => token)).size).toBe(20)
    expect(kept(daemon).tokens.map(({ name }) => name)).toEqual(names)
    for (const { token, name } of made) expect(visitorOf(daemon, token)?.name).toBe(`token ${name}`)
  })

  it('gives its answer again to whoever lost it, without any file having it', async () => {
    const home = makeHome()
    const daemon = await composeDaemon(home.around)
    try {
      const params = { name: 'ci', _meta: { idempotencyKey: 'k1' } } as { name: string }
      const first = await daemon.dispatcher.call('tokens.create', params)
      expect(await daemon.dispatcher.call('tokens.create', params)).toEqual(first)
      expect(daemon.ctx.db.valueSql('SELECT count(*) FROM answers')).toBe(0)
      await daemon.dispatcher.call('tokens.revoke', {
        token: 'ci',
        _meta: { idempotencyKey: 'k2' },
      } as never)
      expect(daemon.ctx.db.valueSql('SELECT count(*) FROM answers')).toBe(1)
    } finally {
      await daemon.close()
    }
  })
})

describe('a token', () => {
  it.each([
    ['is none', null],
    ['is empty', ''],
    ['is another one', `smd_${'A'.repeat(43)}`],
  ])('lets nobody in when it %s', async (_, text) => {
    const daemon = await start()
    await daemon.call('tokens.create', { name: 'ci' })
    expect(visitorOf(daemon, text)).toBeNull()
  })

  it('lets nobody in that differs in any one character', async () => {
    const daemon = await start()
    const { token } = await daemon.call('tokens.create', { name: 'ci' })
    for (let i = 0; i < token.length; i++) {
      const other = token[i] === 'x' ? 'y' : 'x'
      expect(visitorOf(daemon, token.slice(0, i) + other + token.slice(i + 1)), `${i}`).toBeNull()
    }
    expect(visitorOf(daemon, token.toUpperCase())).toBeNull()
    expect(visitorOf(daemon, `${token} `)).toBeNull()
    expect(visitorOf(daemon, token)).not.toBeNull()
  })

  it('is over at the moment it expires', async () => {
    const daemon = await start()
    const { token } = await daemon.call('tokens.create', { name: 'ci', days: 2 })
    daemon.clock.now += 2 * DAY - 1
    expect(visitorOf(daemon, token)).not.toBeNull()
    daemon.clock.now += 1
    expect(visitorOf(daemon, token)).toBeNull()
    expect((await daemon.call('tokens.list', {})).items).toMatchObject([{ name: 'ci' }])
  })

  it('remembers the day of its last use, and is written once for it', async () => {
    const daemon = await start()
    daemon.clock.now = Date.parse('2026-03-01T23:59:00Z')
    const { token } = await daemon.call('tokens.create', { name: 'ci' })
    const lastUsedAt = async () => (await daemon.call('tokens.list', {})).items[0]?.lastUsedAt
    expect(await lastUsedAt()).toBeNull()
    visitorOf(daemon, token)
    await daemon.ctx.tokens.settled()
    const written = statSync(fileOf(daemon), { bigint: true })
    visitorOf(daemon, token)
    await daemon.ctx.tokens.settled()
    expect(statSync(fileOf(daemon), { bigint: true }).ino).toBe(written.ino)
    expect(kept(daemon).tokens).toMatchObject([{ last_used: '2026-03-01' }])
    daemon.clock.now += 60_000
    visitorOf(daemon, token)
    expect(await lastUsedAt()).toBe(Date.parse('2026-03-02'))
  })

  it('survives the loss of cache.db and another daemon', async () => {
    const home = makeHome()
    const first = await composeDaemon(home.around)
    const { token } = await first.dispatcher.call('tokens.create', { name: 'ci', scope: 'admin' })
    await first.close()
    rmSync(home.around.paths.cacheDb)
    const second = await composeDaemon(home.around)
    expect(tokenSource(second.ctx.tokens)(bearer(token))).toMatchObject({ scope: 'admin' })
    await second.close()
  })
})

describe('tokens.revoke', () => {
  it.each([['id'], ['name']] as const)('ends a token by its %s, and what was opened with it', async (by) => {
    const daemon = await start()
    const made = await daemon.call('tokens.create', { name: 'ci' })
    const other = await daemon.call('tokens.create', { name: 'other' })
    const visitor = visitorOf(daemon, made.token)
    const kept = visitorOf(daemon, other.token)
    expect(await daemon.call('tokens.revoke', { token: made[by] })).toMatchObject({ name: 'ci' })
    expect(visitor?.ended.aborted).toBe(true)
    expect(kept?.ended.aborted).toBe(false)
    expect(visitorOf(daemon, made.token)).toBeNull()
    expect(visitorOf(daemon, other.token)).not.toBeNull()
  })

  it('knows no token that there is none of', async () => {
    const daemon = await start()
    const unknown = daemon.call('tokens.revoke', { token: 'ci' })
    await expect(unknown).rejects.toMatchObject({ slug: 'token.not_found' })
  })
})

describe('tokens.list', () => {
  it('lists the newest first, and never the tokens', async () => {
    const daemon = await start()
    expect(await daemon.call('tokens.list', {})).toEqual({ items: [] })
    expect(existsSync(fileOf(daemon))).toBe(false)
    const made = []
    for (const scope of accessScopes) {
      made.push(await daemon.call('tokens.create', { name: scope, scope }))
      daemon.clock.now += 1_000
    }
    const { items } = await daemon.call('tokens.list', {})
    expect(items.map(({ scope }) => scope)).toEqual(['admin', 'write', 'read'])
    const text = JSON.stringify(items)
    for (const { token } of made) expect(text).not.toContain(token.slice(10))
  })
})

describe('tokens.json', () => {
  it('may be edited: what is taken out or lowered there counts at once', async () => {
    const daemon = await start()
    const one = await daemon.call('tokens.create', { name: 'one', scope: 'admin' })
    const two = await daemon.call('tokens.create', { name: 'two' })
    const visitors = [visitorOf(daemon, one.token), visitorOf(daemon, two.token)]
    await daemon.ctx.tokens.settled()
    const [first] = kept(daemon).tokens
    writeFileSync(fileOf(daemon), JSON.stringify({ tokens: [{ ...first, scope: 'read', note: 'mine' }] }))
    expect(visitorOf(daemon, one.token)).toMatchObject({ scope: 'read' })
    expect(visitorOf(daemon, two.token)).toBeNull()
    expect(visitors.map((visitor) => visitor?.ended.aborted)).toEqual([true, true])
    await daemon.call('tokens.create', { name: 'three' })
    expect(kept(daemon).tokens).toMatchObject([{ name: 'one', note: 'mine' }, { name: 'three' }])
  })

  it('keeps what is no token, and lets nobody in by it', async () => {
    const daemon = await start()
    const { token } = await daemon.call('tokens.create', { name: 'ci' })
    await daemon.ctx.tokens.settled()
    const [entry] = kept(daemon).tokens
    for (const wrong of [
      { scope: 'root' },
      { sha256: 'abc' },
      { expires: 'soon' },
      { created: undefined },
      { name: 7 },
    ]) {
      writeFileSync(fileOf(daemon), JSON.stringify({ tokens: [{ ...entry, ...wrong }, null, 'text'] }))
      expect(visitorOf(daemon, token), JSON.stringify(wrong)).toBeNull()
    }
    await daemon.call('tokens.create', { name: 'next' })
    expect(kept(daemon).tokens).toHaveLength(4)
  })

  it.each([
    ['is no JSON', '{"tokens": ['],
    ['has no list', '{"tokens": {}}'],
    ['is empty', ''],
  ])('lets nobody in and is left alone when it %s', async (_, text) => {
    const daemon = await start()
    const { token } = await daemon.call('tokens.create', { name: 'ci' })
    const visitor = visitorOf(daemon, token)
    await daemon.ctx.tokens.settled()
    writeFileSync(fileOf(daemon), text)
    expect(visitorOf(daemon, token)).toBeNull()
    expect(visitor?.ended.aborted).toBe(true)
    const tries = [
      daemon.call('tokens.create', { name: 'more' }),
      daemon.call('tokens.list', {}),
      daemon.call('tokens.revoke', { token: 'ci' }),
    ]
    for (const tried of tries) await expect(tried).rejects.toMatchObject({ slug: 'token.file_damaged' })
    expect(readFileSync(fileOf(daemon), 'utf8')).toBe(text)
    rmSync(fileOf(daemon))
    expect(await daemon.call('tokens.list', {})).toEqual({ items: [] })
  })
})
