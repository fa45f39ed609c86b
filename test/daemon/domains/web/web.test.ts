import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { removeLinkFiles } from '../../../../daemon/domains/web/link-files.ts'
import { type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'

const startDaemon = useTestDaemon()

/** A daemon whose page is served, as far as it knows. */
async function start(url = 'http://127.0.0.1:7463/'): Promise<TestDaemon> {
  const daemon = await startDaemon()
  daemon.ctx.web.served(url, null)
  mkdirSync(daemon.ctx.paths.runtimeDir, { recursive: true })
  mkdirSync(daemon.ctx.paths.stateDir, { recursive: true })
  return daemon
}

const codeIn = (url: string): string => new URL(url).hash.slice('#code='.length)

describe('web.link', () => {
  it.each([
    ['/', '/'],
    ['/projects', '/projects'],
    ['/artifacts?type=skill&q=a%20b', '/artifacts?type=skill&q=a%20b'],
    ['/a"b<c> d', '/a%22b%3Cc%3E%20d'],
    ['/x#code=other', '/x'],
    ['/..//evil.example/', '//evil.example/'],
    ['/\\evil.example', '//evil.example'],
  ])('leads to %j on this machine, whatever stands in it', async (path, found) => {
    const { call } = await start()
    const url = new URL((await call('web.link', { path })).url)
    expect([url.origin, url.pathname + url.search]).toEqual(['http://127.0.0.1:7463', found])
    expect(url.hash).toMatch(/^#code=[\w-]{43}$/)
  })

  it('lies below the path of the page', async () => {
    const { call } = await start('http://127.0.0.1:7463/tools/smd/')
    expect((await call('web.link', { path: '/projects' })).url).toMatch(
      /^http:\/\/127\.0\.0\.1:7463\/tools\/smd\/projects#code=/,
    )
  })

  it.each(['projects', '//evil.example', '', 'http://evil.example'])('takes no %j', async (path) => {
    const { call } = await start()
    await expect(call('web.link', { path })).rejects.toMatchObject({ slug: 'rpc.invalid_params' })
  })

  it('makes codes that are good once', async () => {
    const { call, ctx } = await start()
    const { url, file } = await call('web.link', {})
    expect(file).toBeNull()
    expect([ctx.web.codes.take(codeIn(url)), ctx.web.codes.take(codeIn(url))]).toEqual([true, false])
  })

  it('writes a file that leads there, for this user alone, and removes it when the code was used (S6)', async () => {
    const { call, ctx } = await start()
    const { url, file } = await call('web.link', { path: '/a?b=1&c="2"', asFile: true })
    if (file === null) return expect.unreachable()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const page = readFileSync(file, 'utf8')
    const target = /content="0; url=([^"]*)"/
      .exec(page)?.[1]
      ?.replace(/&#(\d+);/g, (_, n) => String.fromCharCode(n))
    expect(target).toBe(url)
    expect(page).not.toContain('<script')
    ctx.web.codes.take(codeIn(url))
    await expect.poll(() => readdirSync(ctx.paths.runtimeDir)).not.toContain(file.split('/').at(-1))
  })
})

describe('removeLinkFiles', () => {
  it('removes what a daemon left that was killed, and nothing else', async () => {
    const { ctx, call } = await start()
    const { runtimeDir } = ctx.paths
    await call('web.link', { asFile: true })
    writeFileSync(join(runtimeDir, 'open-mine.html'), '')
    writeFileSync(join(runtimeDir, 'smd.sock'), '')
    await removeLinkFiles(runtimeDir)
    expect(readdirSync(runtimeDir).toSorted()).toEqual(['open-mine.html', 'smd.sock'])
  })
})

describe('web.signout', () => {
  it('ends all sessions, and tells how many', async () => {
    const { call, ctx } = await start()
    const { secret } = await ctx.web.sessions.create()
    await ctx.web.sessions.create()
    const ended = ctx.web.sessions.find(secret)?.ended
    expect(await call('web.status', {})).toMatchObject({ sessions: 2 })
    expect(await call('web.signout', {})).toEqual({ ended: 2 })
    expect(ended?.aborted).toBe(true)
    expect(await call('web.status', {})).toMatchObject({ sessions: 0 })
  })
})

describe('daemon.status', () => {
  it('says where the page is', async () => {
    const { call } = await start()
    expect((await call('daemon.status', {})).web).toEqual({ url: 'http://127.0.0.1:7463/' })
    const without = await startDaemon()
    expect((await without.call('daemon.status', {})).web).toBeNull()
  })
})
