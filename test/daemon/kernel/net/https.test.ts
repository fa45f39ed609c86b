/** The same over TLS: whom we believe, and where we do not go from there. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createHttpClient } from '../../../../daemon/kernel/net/http-client.ts'
import { quickNet, serve, stillClock } from '../../../support/loopback.ts'

const scratch = mkdtempSync(join(tmpdir(), 'smd-https-'))
const [key, cert] = [join(scratch, 'key.pem'), join(scratch, 'cert.pem')]
const believed = tls.getCACertificates('default')
beforeAll(() => {
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test -keyout ${key} -out ${cert}`
  execFileSync('openssl', [...words.split(' '), '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'pipe' })
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

async function serveTls(handle: RequestListener): Promise<string> {
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Until the test is over. */
function believe(): void {
  tls.setDefaultCACertificates([...believed, readFileSync(cert, 'utf8')])
  onTestFinished(() => tls.setDefaultCACertificates(believed))
}

function client(env: NodeJS.ProcessEnv = {}) {
  const clock = stillClock()
  return createHttpClient({ ...quickNet(clock), now: clock.now, env })
}

const asking = { accept: '*/*', signal: new AbortController().signal }

describe('an HTTP client over TLS', () => {
  it('gets what is there from one it believes', async () => {
    believe()
    const origin = await serveTls((_, response) => response.end('hello'))
    expect((await client().get(origin, asking)).body.toString()).toBe('hello')
  })

  it('does not believe anybody, and does not ask again', async () => {
    const origin = await serveTls((_, response) => response.end('hello'))
    const net = client()
    await expect(net.get(origin, asking)).rejects.toMatchObject({
      kind: 'broken',
      transient: false,
      message: expect.stringContaining('SELF_SIGNED'),
    })
    expect(net.requests).toBe(1)
  })

  it('follows no redirect to where everybody can listen', async () => {
    believe()
    const plain = await serve((_, response) => void response.end('overheard'))
    const origin = await serveTls((_, response) => response.writeHead(302, { location: plain.origin }).end())
    const authorization = { origin, value: 'Bearer ghp_canaryCanary' }
    await expect(client().get(origin, { ...asking, authorization })).rejects.toMatchObject({
      kind: 'refused',
    })
    expect(plain.connections).toBe(0)
  })

  it('goes through a proxy that cannot see what is said', async () => {
    believe()
    const origin = await serveTls((_, response) => response.end('hello'))
    const seen: string[] = []
    const proxy = createHttpServer()
    proxy.on('connect', (request, socket) => {
      seen.push(`${request.url} ${JSON.stringify(request.headers)}`)
      const { port } = new URL(origin)
      const through = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        through.pipe(socket).pipe(through)
      })
      for (const side of [through, socket]) side.on('error', () => undefined)
      onTestFinished(() => void through.destroy())
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      proxy.closeAllConnections()
      proxy.close()
    })
    const { port } = proxy.address() as AddressInfo
    const authorization = { origin, value: 'Bearer ghp_canaryCanary' }
    const net = client({ https_proxy: `http://127.0.0.1:${port}` })
    expect((await net.get(`${origin}/path`, { ...asking, authorization })).body.toString()).toBe('hello')
    expect(seen).toEqual([expect.stringContaining(new URL(origin).host)])
    expect(seen.join()).not.toMatch(/path|canary/)
  })
})
