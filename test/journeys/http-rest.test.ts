/** The REST interface of the real daemon, used as a program uses it. */
import { existsSync, rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { damageTable } from '../support/damage.ts'
import { openEvents } from '../support/sse-client.ts'

const env = { SMD_WEB_ENABLED: 'true', SMD_WEB_PORT: '0' }

let box: Sandbox
beforeEach(() => {
  box = createSandbox()
})
afterEach(() => box.dispose())

const smd = (words: string) => box.smd(words, { env })
const json = (words: string) => box.json(words, { env })
/** Where it is served, without the last slash; starts the daemon when there is none. */
const address = async (): Promise<string> => new URL((await json('open --print')).url as string).origin
const get = (url: string, token: string) => fetch(url, { headers: { authorization: `Bearer ${token}` } })

describe('a program with a token', () => {
  it('asks an empty cache, a filled one, a damaged one and one that is gone, and is answered each time (CACHE-3.1a, CACHE-2.5a)', async () => {
    const made = await smd('token create reader')
    expect(made.code, made.stderr).toBe(0)
    const token = made.stdout.trim()
    const names = async (): Promise<string[]> => {
      const reply = await get(`${await address()}/api/v1/projects`, token)
      expect(reply.status).toBe(200)
      expect(['hit', 'miss']).toContain(reply.headers.get('x-cache-hit'))
      const { items } = (await reply.json()) as { items: Array<{ name: string }> }
      return items.map(({ name }) => name)
    }
    const first = await names()
    expect(first).toContain('webshop')
    expect(await names()).toEqual(first)

    expect((await smd('stop')).code).toBe(0)
    damageTable(box.paths.cacheDb, 'projects')
    expect(await names()).toEqual(first)

    expect((await smd('stop')).code).toBe(0)
    for (const suffix of ['', '-wal', '-shm']) rmSync(box.paths.cacheDb + suffix, { force: true })
    expect(await names()).toEqual(first)
    expect(existsSync(box.paths.cacheDb)).toBe(true)
    expect((await json('token list')).items).toMatchObject([
      { name: 'reader', lastUsedAt: expect.any(String) },
    ])
  })

  it('loses stream, WebSocket and access at the moment it is revoked', async () => {
    const base = await address()
    const token = (await smd('token create watcher --days 1')).stdout.trim()
    const headers = { authorization: `Bearer ${token}` }
    const stream = await openEvents(Number(new URL(base).port), '/api/v1/events', headers)
    const socket = new WebSocket(`${base.replace('http', 'ws')}/ws`, { headers })
    await new Promise((resolve) => socket.once('open', resolve))
    await stream.until(1)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const revoked = await smd('token revoke watcher')
    expect(revoked.stdout).toMatch(/^The token watcher \(smd_\S{6}\) lets nobody in any more\.\n$/)
    await Promise.all([stream.ended, closed])
    expect((await get(`${base}/api/v1/version`, token)).status).toBe(401)
    const again = await smd('token revoke watcher')
    expect([again.code, again.stderr]).toEqual([3, expect.stringContaining('There is no token watcher.')])
  })

  it('can be given only a token that is not there yet', async () => {
    expect((await smd('token create ci --scope write')).code).toBe(0)
    const twice = await smd('token create ci')
    expect([twice.code, twice.stdout]).toEqual([4, ''])
    expect(twice.stderr).toContain('There is a token named ci already.')
    const list = await smd('token')
    expect(list.stdout).toMatch(
      /^ID +NAME +MAY +MADE +ENDS +LAST USED\nsmd_\S{6} +ci +write +\S.* in 90 d +never\n$/,
    )
  })
})
