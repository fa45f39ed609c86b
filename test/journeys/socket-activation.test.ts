/** The daemon on a socket that systemd's own tool opened and handed over (L12). */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { logged } from '../support/daemon-process.ts'
import { RawClient, request } from '../support/raw-client.ts'

const entry = join(import.meta.dirname, '../../daemon/main.ts')

let box: Sandbox
let activator: { child: ChildProcess; ended: Promise<unknown>; stderr: () => string } | null
beforeEach(() => {
  box = createSandbox()
  mkdirSync(box.paths.runtimeDir, { recursive: true, mode: 0o700 })
  activator = null
})
afterEach(async () => {
  activator?.child.kill('SIGKILL')
  await activator?.ended
  await box.dispose()
})

/** Opens the sockets as the socket unit does. The first connection turns the tool into the daemon, in the same process. */
async function activate(sockets: string[], options: string[] = []) {
  const variables = Object.entries(box.env).map(([name, value]) => `--setenv=${name}=${value}`)
  const child = spawn(
    'systemd-socket-activate',
    [
      ...sockets.map((path) => `--listen=${path}`),
      ...options,
      ...variables,
      process.execPath,
      entry,
      '--started-by=systemd',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal)
  activator = { child, ended, stderr: () => said }
  // The name of a socket is there before it listens, so the tool's word counts.
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      if (said.match(/^Listening on /gm)?.length === sockets.length) resolve()
    })
    child.once('error', reject)
    child.once('close', () => reject(new Error(`systemd-socket-activate ended: ${said}`)))
  })
  return activator
}

const identity = (path: string) => {
  const { ino, mode, ctimeMs } = statSync(path)
  return { ino, mode, ctimeMs }
}

describe('a daemon under socket activation (L12)', () => {
  it('serves the client that woke it and others, ends when told, and leaves the socket to its owner', async () => {
    const { child, ended } = await activate([box.paths.socket], ['--fdname=rpc'])
    // The tool opens it to everybody, which the socket unit does not; the daemon closes what it finds open (S1).
    chmodSync(box.paths.socket, 0o600)
    const before = identity(box.paths.socket)
    expect(logged(box, 'serving')).toEqual([])

    const raw = new RawClient(box.paths.socket)
    raw.greet()
    raw.send(request(1, 'daemon.status'))
    const [, list] = await Promise.all([raw.until(2), box.json('list --limit 1')])
    expect(list).toMatchObject({ total: 32 })
    expect(raw.replies[1]?.result).toMatchObject({ pid: child.pid, socket: box.paths.socket })
    expect(logged(box, 'serving')).toMatchObject([{ pid: child.pid, startedBy: 'systemd' }])
    expect(identity(box.paths.socket)).toEqual(before)
    expect(readdirSync(box.paths.runtimeDir)).toEqual(['smd.sock'])

    expect(await box.json('stop')).toMatchObject({ stopped: true, pid: child.pid })
    expect(await ended).toBe(0)
    await raw.ended
    expect(identity(box.paths.socket)).toEqual(before)
    expect(existsSync(box.paths.registrationFile)).toBe(false)
    expect(readdirSync(box.paths.dataDir)).toEqual(['cache.db'])

    // The tool is gone, too: what is left is the name of a socket nobody listens on, and the next daemon takes its place.
    expect(await box.json('list --limit 1')).toMatchObject({ total: 32 })
    expect(identity(box.paths.socket).ino).not.toBe(before.ino)
    expect(logged(box, 'serving')).toMatchObject([{}, { startedBy: 'cli' }])
  })

  it('finds its socket by name among several', async () => {
    const other = join(box.root, 'other.sock')
    const { child } = await activate([other, box.paths.socket], ['--fdname=web:rpc'])
    expect(await box.json('list --limit 1')).toMatchObject({ total: 32 })
    expect(await box.json('status')).toMatchObject({ pid: child.pid })
  })

  it('does not serve where no client would come, and says what to do', async () => {
    const elsewhere = join(box.root, 'elsewhere.sock')
    const { ended, stderr } = await activate([elsewhere])
    const raw = new RawClient(elsewhere)
    expect(await ended).toBe(1)
    await raw.ended
    expect(stderr()).toContain(
      `the service manager listens on ${elsewhere}, but clients use ${box.paths.socket}; write the service anew with: smd service install`,
    )
  })
})
