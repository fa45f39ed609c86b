import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { createProviders } from '../../../../../daemon/domains/upstream/providers/index.ts'
import type { UpstreamSource } from '../../../../../daemon/domains/upstream/source.ts'
import { quickNet, serve, stillClock } from '../../../../support/loopback.ts'

const scratch = mkdtempSync(join(tmpdir(), 'smd-offline-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const signal = new AbortController().signal

describe('offline (P10)', () => {
  it('asks nobody, whatever the source: no socket, no program, no token looked for', async () => {
    const server = await serve((_, response) => void response.writeHead(404).end())
    const sockets: unknown[] = []
    const note = (socket: unknown): void => void sockets.push(socket)
    subscribe('net.client.socket', note)
    onTestFinished(() => void unsubscribe('net.client.socket', note))
    // Whatever program is started leaves a mark.
    const bin = join(scratch, 'bin')
    const mark = join(scratch, 'mark')
    mkdirSync(bin)
    for (const name of ['git', 'ssh', 'gh'])
      writeFileSync(join(bin, name), `#!/bin/sh\necho ${name} >> ${mark}\nexit 1\n`, { mode: 0o755 })
    const providersThat = (offline: boolean) => {
      const clock = stillClock()
      return createProviders({
        ...{ net: { ...quickNet(clock), offline }, now: clock.now, env: { PATH: bin } },
        ...{
          home: scratch,
          tempDir: join(scratch, 'tmp'),
          githubApi: server.origin,
          npmRegistry: server.origin,
        },
      })
    }
    const github: UpstreamSource = { kind: 'github', owner: 'a', repo: 'b', ref: null }
    const urls = [`${server.origin}/x.git`, 'git@127.0.0.1:x', 'ssh://127.0.0.1/x', 'git://127.0.0.1/x']
    const repositories = urls.map((url): UpstreamSource => ({ kind: 'git', url, ref: null }))
    const npm: UpstreamSource = { kind: 'npm', name: 'x', registry: null }
    const locations = [github, ...repositories, { kind: 'url', url: `${server.origin}/m.json` } as const]
    const markets = locations.map(
      (location): UpstreamSource => ({ kind: 'marketplace', name: 'm', location }),
    )
    const sources = [github, ...repositories, npm, ...markets]
    const askAll = async (providers: ReturnType<typeof createProviders>): Promise<unknown[]> => {
      const reasons: unknown[] = []
      for (const source of sources) {
        const asked = providers.ask(
          { source, paths: [''], bases: [{ revision: 'v1', paths: [''] }], validator: null },
          signal,
        )
        reasons.push(await asked.catch(({ reason, retryAt }) => [reason, retryAt]))
      }
      return reasons
    }

    const offline = providersThat(true)
    expect(await askAll(offline)).toEqual(sources.map(() => ['offline', null]))
    expect([sockets.length, server.connections, offline.requests, existsSync(mark)]).toEqual([0, 0, 0, false])

    // What would have been seen otherwise.
    const online = providersThat(false)
    await askAll(online)
    expect(sockets.length).toBeGreaterThan(0)
    expect([online.requests > 0, existsSync(mark)]).toEqual([true, true])
  })
})
