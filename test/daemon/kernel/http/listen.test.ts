import { type AddressInfo, createConnection, createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listenOnLoopback } from '../../../../daemon/kernel/http/listen.ts'

/** Loopback addresses of this machine, IPv4 first. */
const here = ['127.0.0.1', '::1'].filter((wanted) =>
  Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === wanted)),
)

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))

/** Makes servers that end with the test. */
function servers(make: () => Server = createServer) {
  const made: Server[] = []
  onTestFinished(async () => {
    await Promise.all(made.filter(({ listening }) => listening).map(close))
  })
  return () => {
    const server = make()
    made.push(server)
    return server
  }
}

/** Somebody else listens there until the test is over; answers the port. */
async function occupy(host: string, port = 0): Promise<number> {
  const server = servers()()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, resolve)
  })
  return (server.address() as AddressInfo).port
}

/** A port that was free on both addresses a moment ago. */
async function freePort(): Promise<number> {
  const opened: Server[] = []
  const { port } = await listenOnLoopback(
    () => {
      const server = createServer()
      opened.push(server)
      return server
    },
    0,
    null,
  )
  await Promise.all(opened.filter(({ listening }) => listening).map(close))
  return port
}

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host, port })
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
    onTestFinished(() => void socket.destroy())
  })

/** As on a machine without an address of this kind. */
const without = (missing: string) => (): Server => {
  const server = createServer()
  const listen = server.listen.bind(server)
  server.listen = ((options: { host: string }, done: () => void) => {
    if (options.host !== missing) return listen(options, done)
    const error = Object.assign(new Error('no such address'), { code: 'EADDRNOTAVAIL' })
    process.nextTick(() => server.emit('error', error))
    return server
  }) as Server['listen']
  return server
}

describe('listenOnLoopback (L13)', () => {
  it('takes the wanted port on both addresses', async () => {
    const wanted = await freePort()
    const { port, hosts } = await listenOnLoopback(servers(), wanted, null)
    expect([port, hosts.length]).toEqual([wanted, here.length])
    for (const host of here) expect(await answers(host, port), host).toBe(true)
  })

  it.each(here)('takes one of the next when it is taken on %s alone', async (host) => {
    const wanted = await occupy(host)
    const { port, hosts } = await listenOnLoopback(servers(), wanted, null)
    expect(port).toBeGreaterThan(wanted)
    expect(port).toBeLessThanOrEqual(wanted + 20)
    expect(hosts).toHaveLength(here.length)
    // What is half taken is given back: only the other one listens there.
    const other = host === '::1' ? '127.0.0.1' : '::1'
    expect(await answers(other, wanted)).toBe(false)
  })

  it('takes any when the next ones are taken, too', async () => {
    const wanted = 65_530
    const taken = await Promise.all(
      Array.from({ length: 6 }, (_, i) => occupy('127.0.0.1', wanted + i).catch(() => null)),
    )
    expect(taken).toHaveLength(6)
    const { port } = await listenOnLoopback(servers(), wanted, null)
    expect(port).toBeLessThan(wanted)
  })

  it('keeps to the port it had, for as long as the same is wanted', async () => {
    const [wanted, before] = [await freePort(), await freePort()]
    const same = await listenOnLoopback(servers(), wanted, { wanted, port: before })
    expect(same.port).toBe(before)
    const other = await listenOnLoopback(servers(), wanted, { wanted: wanted + 1, port: before })
    expect(other.port).toBe(wanted)
  })

  it('takes the wanted one when the one it had is taken', async () => {
    const [wanted, before] = [await freePort(), await occupy('127.0.0.1')]
    expect((await listenOnLoopback(servers(), wanted, { wanted, port: before })).port).toBe(wanted)
  })

  it('takes any for 0, and the same again the next time', async () => {
    const create = servers()
    const { port } = await listenOnLoopback(create, 0, null)
    expect(port).toBeGreaterThan(0)
    const free = await freePort()
    expect((await listenOnLoopback(create, 0, { wanted: 0, port: free })).port).toBe(free)
  })

  it.each([
    ['::1', ['127.0.0.1'], '127.0.0.1'],
    ['127.0.0.1', ['[::1]'], '::1'],
  ])('works on a machine without %s', async (missing, expected, there) => {
    const { port, hosts } = await listenOnLoopback(servers(without(missing)), 0, null)
    expect(hosts).toEqual(expected)
    expect(await answers(there, port)).toBe(true)
  })

  it('fails where there is neither', async () => {
    const neither = (): Server => {
      const server = without('::1')()
      const listen = server.listen
      server.listen = ((options: { host: string }, done: () => void) =>
        listen.call(server, { ...options, host: '::1' } as never, done as never)) as Server['listen']
      return server
    }
    await expect(listenOnLoopback(servers(neither), 0, null)).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' })
  })

  it('listens nowhere else (S3)', async () => {
    const asked: string[] = []
    const watched = (): Server => {
      const server = createServer()
      server.on('listening', () => asked.push((server.address() as AddressInfo).address))
      return server
    }
    await listenOnLoopback(servers(watched), 0, null)
    expect(asked.toSorted()).toEqual(here)
  })
})
